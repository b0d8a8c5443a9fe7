/**
 * Which engine runs, and why, in one sentence. A pure function of what is known: a measured time on this machine wins;
 * without one the CPU runs. A software GPU adapter, or an engine that failed its check, is never chosen automatically.
 */
import { ENGINE_NAMES, type EngineName } from '../../models/runtime/types';
import type { EngineChoice, EngineState } from '../contract/host';
import { ENGINE_TITLES, inWords } from './engine-titles';
import type { Median } from './run-record';

export interface Candidate extends EngineState {
  /** Of the model the choice is about; null where it has not run here. */
  readonly median: Median | null;
}

export interface Chosen {
  readonly chosen: EngineName;
  readonly why: string;
}

/** Another engine must be this much faster than the CPU to be preferred, so that the choice does not flutter. */
const CLEARLY_FASTER = 0.8;

export function chooseEngine(candidates: readonly Candidate[], choice: EngineChoice): Chosen {
  const best = automatic(candidates);
  if (choice === 'automatic') return { chosen: best.name, why: sentence([facts(best), ...remarks(candidates, best)]) };
  const wanted = candidates.find((candidate) => candidate.name === choice);
  const reason = wanted ? refusal(wanted) : 'it is not here';
  if (wanted && reason === null) return { chosen: wanted.name, why: sentence([facts(wanted), 'chosen by you']) };
  return {
    chosen: best.name,
    why: sentence([`You chose ${ENGINE_TITLES[choice]}, but ${reason}`, `${ENGINE_TITLES[best.name]} runs instead`]),
  };
}

function automatic(candidates: readonly Candidate[]): Candidate {
  const usable = ENGINE_NAMES.flatMap((name) => candidates.filter((candidate) => candidate.name === name && chosenByItself(candidate)));
  const home = usable[0] ?? candidates.find((candidate) => candidate.name === 'wasm') ?? candidates[0];
  if (!home) throw new Error('There is no engine to choose from.');
  const measured = usable.filter((candidate) => candidate.median !== null);
  const fastest = measured.sort((a, b) => time(a) - time(b))[0];
  if (!fastest || fastest === home) return home;
  return home.median === null || time(fastest) < time(home) * CLEARLY_FASTER ? preferMeasured(home, fastest) : home;
}

/** The CPU engine that has not run this model yet is tried before another is preferred to it. */
function preferMeasured(home: Candidate, fastest: Candidate): Candidate {
  return home.median === null && home.name === 'native' ? home : fastest;
}

function time(candidate: Candidate): number {
  return candidate.median?.milliseconds ?? Number.POSITIVE_INFINITY;
}

function chosenByItself(candidate: Candidate): boolean {
  return refusal(candidate) === null && !(candidate.name === 'webgpu' && (candidate.software || candidate.status !== 'ready'));
}

/** Why an engine cannot run now, or null. One that was lost starts again with the next run. */
function refusal(candidate: Candidate): string | null {
  if (candidate.check && !candidate.check.agrees) return 'its result differs from the CPU’s';
  if (candidate.status === 'unavailable') return `it cannot be used: ${withoutStop(candidate.reason)}`;
  return null;
}

function facts(candidate: Candidate): string {
  const title = ENGINE_TITLES[candidate.name];
  if (candidate.median) {
    const { milliseconds, runs } = candidate.median;
    const of = runs === 1 ? 'one run' : `median of ${runs}`;
    return `${title}: ${inWords(milliseconds)} here for this model, ${of}`;
  }
  if (candidate.status === 'lost') return `${title}: its process ended and starts again with the next run`;
  return candidate.device ? `${title}: ${candidate.device}, this model has not run here yet` : `${title}: this model has not run here yet`;
}

function remarks(candidates: readonly Candidate[], chosen: Candidate): string[] {
  return candidates.flatMap((candidate) => {
    const title = ENGINE_TITLES[candidate.name];
    if (candidate === chosen) return [];
    const reason = refusal(candidate);
    if (reason !== null) return [`${title} is not chosen because ${reason}`];
    if (candidate.name === 'webgpu' && candidate.software) return [`${title} is a software adapter here, so it is not chosen`];
    if (candidate.median) return [`${title} takes ${inWords(candidate.median.milliseconds)}`];
    return [];
  });
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}

function sentence(parts: readonly string[]): string {
  return `${parts.join('; ')}.`;
}
