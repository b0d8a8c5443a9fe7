/** Waits until an expectation holds. Processes start and end in it, on machines that may be busy: ten seconds, not one. */
import { vi } from 'vitest';

export function eventually(expectation: () => unknown): Promise<unknown> {
  return vi.waitFor(expectation, { timeout: 10_000, interval: 20 });
}
