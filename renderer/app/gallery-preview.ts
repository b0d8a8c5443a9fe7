/** The thumbnail's map of a latent, while its own is being computed: pointing shows something within a frame. */
import type { StageMap } from '../panels/image/stage-painting';
import { CHUNK, chunkQuestion, gridOf } from './gallery-data';
import { useLab } from './lab-context';
import type { InputMap, Shown } from './shown';

export function useGalleryPreview(shown: Shown | null, map: InputMap | null): StageMap | null {
  const { attention } = useLab();
  if (!shown || !map || map.weights || map.question.step.kind !== 'encoder' || map.question.head === 'each') return null;
  const latent = map.question.rows === 'all' ? 0 : (map.question.rows[0] ?? 0);
  const start = CHUNK * Math.floor(latent / CHUNK);
  const { result, info } = shown;
  const answer = attention.peek(chunkQuestion(result, info, map.question.step, map.question.head, start));
  if (!answer) return null;
  const grid = gridOf(result, info, map.question.step);
  const cells = grid.width * grid.height;
  return { weights: answer.weights.subarray((latent - start) * cells, (latent - start + 1) * cells), grid, attended: map.attended };
}
