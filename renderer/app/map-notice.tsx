/** In the place of a map that could not be computed: why, and a way to try it again. */
import type { LabErrorData } from '../../models/lab-error';
import { focusRegion } from './focus';
import { useLab } from './lab-context';
import { en } from './language/en';
import { Notice } from './notice';

/** @param region where focus goes when the notice leaves. */
export function MapNotice({ error, region }: { readonly error: LabErrorData | null; readonly region: 'Input' | 'Latents' | 'Output' }) {
  const { attention } = useLab();
  if (!error) return null;
  return (
    <Notice error={error}>
      <button
        type="button"
        className="button"
        onClick={() => {
          focusRegion(region);
          attention.retry();
        }}
      >
        {en.errors.again}
      </button>
    </Notice>
  );
}
