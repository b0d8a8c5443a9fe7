/**
 * What goes wrong while the window is drawn stands in the window, not a blank page in its place. The state is outside of
 * what is drawn, so nothing is lost; what was selected is let go of, because that is what was being drawn.
 */
import { Component, type ReactNode } from 'react';
import { LabError, type LabErrorData } from '../../models/lab-error';
import { en } from './language/en';
import { Notice } from './notice';

interface Props {
  readonly children: ReactNode;
  /** Before everything is drawn again. */
  readonly onGoOn: () => void;
}

export class ErrorBoundary extends Component<Props, { readonly error: LabErrorData | null }> {
  override state = { error: null as LabErrorData | null };

  static getDerivedStateFromError(thrown: unknown): { error: LabErrorData } {
    const { code, message, detail } = LabError.from(thrown).toData();
    return { error: { code, ...en.errors.drawing, detail: detail ?? message } };
  }

  readonly goOn = (): void => {
    this.props.onGoOn();
    this.setState({ error: null });
  };

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className="fatal">
        <Notice error={error}>
          <button type="button" className="button ink" onClick={this.goOn}>
            {en.errors.goOn}
          </button>
        </Notice>
      </main>
    );
  }
}
