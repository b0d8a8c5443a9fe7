/** How large an engine's process may grow before it starts afresh where it can (onnxruntime#25325). */
import { totalmem } from 'node:os';

const SHARE = 0.5;

/** No engine runs in less: a smaller constraint is a mistake of whoever tells it. */
const LEAST_BYTES = 256e6;

/** Half of the machine's memory, or of what a container leaves. Systems without a constraint tell 0 or 2⁶⁴. */
export function memoryLimitBytes(total = totalmem(), constrained: number | undefined = process.constrainedMemory?.()): number {
  const holds = constrained !== undefined && constrained >= LEAST_BYTES && constrained < total;
  return SHARE * (holds ? constrained : total);
}
