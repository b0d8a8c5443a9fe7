/** An error in its place: what happened, what to do, and the technical text on demand. */
import { TriangleAlert, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { LabErrorData } from '../../models/lab-error';
import { writeClipboard } from './clipboard';
import { en } from './language/en';

export function Notice({
  error,
  children,
  onClose,
}: {
  readonly error: LabErrorData;
  readonly children?: ReactNode;
  readonly onClose?: () => void;
}) {
  const [copied, setCopied] = useState<string>(en.errors.copy);
  const copy = (): void => {
    const text = [error.message, error.hint, error.code, error.detail].filter(Boolean).join('\n');
    writeClipboard(text).then(
      () => setCopied(en.errors.copied),
      () => setCopied(en.errors.notCopied),
    );
  };
  return (
    <div className="notice" role="alert">
      <TriangleAlert className="notice-icon" aria-hidden="true" />
      <div className="notice-text">
        <h3>{error.message}</h3>
        <p>{error.hint}</p>
        <div className="notice-actions">
          {children}
          {error.detail ? (
            <button type="button" className="link" onClick={copy}>
              {copied}
            </button>
          ) : null}
        </div>
      </div>
      {onClose ? (
        <button type="button" className="button quiet icon small" aria-label={en.errors.dismiss} onClick={onClose}>
          <X />
        </button>
      ) : null}
    </div>
  );
}
