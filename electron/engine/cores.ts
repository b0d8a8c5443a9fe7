/** How many threads an engine should have: one a physical core. Two threads on one core slow matrix products down. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Never more than the processors this process may use (a container's share). */
export function physicalCores(): number {
  return Math.max(1, Math.min(availableParallelism(), onThisMachine() ?? Math.ceil(availableParallelism() / 2)));
}

function onThisMachine(): number | null {
  try {
    if (process.platform === 'linux') return coresIn(readFileSync('/proc/cpuinfo', 'utf8'));
    if (process.platform === 'darwin')
      return Number(execFileSync('/usr/sbin/sysctl', ['-n', 'hw.physicalcpu'], { encoding: 'utf8' })) || null;
  } catch {
    // Where the system does not tell, half of its logical processors is the usual number.
  }
  return null;
}

/** Distinct (package, core) pairs of Linux's list; null where it names none (some ARM machines, which have no siblings either). */
export function coresIn(cpuinfo: string): number | null {
  const processors = cpuinfo.split(/\n\s*\n/).filter((part) => /^processor\s*:/m.test(part));
  const cores = new Set(
    processors.flatMap((part) => {
      const core = /^core id\s*:\s*(\d+)/m.exec(part)?.[1];
      return core === undefined ? [] : [`${/^physical id\s*:\s*(\d+)/m.exec(part)?.[1] ?? 0}/${core}`];
    }),
  );
  if (cores.size > 0) return cores.size;
  return processors.length > 0 ? processors.length : null;
}
