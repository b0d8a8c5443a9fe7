import { describe, expect, it } from 'vitest';
import type { EngineName } from '../../models/runtime/types';
import { type Candidate, chooseEngine } from './choose-engine';

const agreeing = { maxDifference: 1e-6, limit: 1e-3, agrees: true };
const candidate = (name: EngineName, change: Partial<Candidate> = {}): Candidate => ({
  name,
  status: 'ready',
  device: '',
  reason: 'It is ready.',
  software: false,
  check: agreeing,
  medians: {},
  median: null,
  ...change,
});
const took = (milliseconds: number, runs = 5) => ({ median: { milliseconds, runs } });

describe('the automatic choice', () => {
  it('is the CPU before anything has run', () => {
    const engines = [
      candidate('native', { status: 'untried', check: null, device: 'AMD EPYC, 2 threads' }),
      candidate('wasm'),
      candidate('webgpu'),
    ];
    expect(chooseEngine(engines, 'automatic')).toEqual({
      chosen: 'native',
      why: 'CPU: AMD EPYC, 2 threads, this model has not run here yet.',
    });
  });

  it('says the measured time, and why a software adapter is not chosen even where it measured faster', () => {
    const engines = [candidate('native', took(9.84)), candidate('wasm', took(80.02)), candidate('webgpu', { software: true, ...took(1) })];
    expect(chooseEngine(engines, 'automatic')).toEqual({
      chosen: 'native',
      why: 'CPU: 9.8 ms here for this model, median of 5; WASM takes 80.0 ms; WebGPU is a software adapter here, so it is not chosen.',
    });
  });

  it('is another engine where that is clearly faster here, and only then', () => {
    expect(chooseEngine([candidate('native', took(100)), candidate('webgpu', took(30, 1))], 'automatic')).toEqual({
      chosen: 'webgpu',
      why: 'WebGPU: 30.0 ms here for this model, one run; CPU takes 100.0 ms.',
    });
    expect(chooseEngine([candidate('native', took(100)), candidate('webgpu', took(90))], 'automatic').chosen).toBe('native');
  });

  it('tries the CPU first where only another engine has run this model', () => {
    expect(chooseEngine([candidate('native'), candidate('wasm', took(50))], 'automatic').chosen).toBe('native');
  });

  it('passes over an engine whose result differs, with the reason', () => {
    const wrong = { maxDifference: 0.2, limit: 1e-3, agrees: false };
    const engines = [candidate('native', took(100)), candidate('webgpu', { check: wrong, ...took(2) })];
    expect(chooseEngine(engines, 'automatic')).toEqual({
      chosen: 'native',
      why: 'CPU: 100.0 ms here for this model, median of 5; WebGPU is not chosen because its result differs from the CPU’s.',
    });
  });

  it('falls to WASM where the CPU engine cannot be used, also before a window has started it', () => {
    const engines = [
      candidate('native', { status: 'unavailable', reason: 'The library does not load.' }),
      candidate('wasm', { status: 'untried', check: null }),
      candidate('webgpu', { status: 'untried', check: null }),
    ];
    expect(chooseEngine(engines, 'automatic')).toEqual({
      chosen: 'wasm',
      why: 'WASM: this model has not run here yet; CPU is not chosen because it cannot be used: The library does not load.',
    });
  });

  it('keeps an engine whose process was lost: it starts again', () => {
    expect(chooseEngine([candidate('native', { status: 'lost' }), candidate('wasm')], 'automatic')).toEqual({
      chosen: 'native',
      why: 'CPU: its process ended and starts again with the next run.',
    });
  });
});

describe('a person’s choice', () => {
  it('is followed, also to a slower engine or a software adapter', () => {
    const engines = [candidate('native', took(10)), candidate('webgpu', { software: true, ...took(1520) })];
    expect(chooseEngine(engines, 'webgpu')).toEqual({
      chosen: 'webgpu',
      why: 'WebGPU: 1.52 s here for this model, median of 5; chosen by you.',
    });
  });

  it('is not followed to an engine that cannot be used, and the sentence says why', () => {
    const engines = [candidate('native', took(10)), candidate('webgpu', { status: 'unavailable', reason: 'There is no adapter.' })];
    expect(chooseEngine(engines, 'webgpu')).toEqual({
      chosen: 'native',
      why: 'You chose WebGPU, but it cannot be used: There is no adapter; CPU runs instead.',
    });
  });
});
