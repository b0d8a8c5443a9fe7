import { describe, expect, it } from 'vitest';
// @ts-expect-error a plain script without types
import { checkArrows, cyclesOf, importsOf, wrongArrow } from './arrows.mjs';

const inTree = { inTree: true, typeOnly: false };

describe('arrows between rooms', () => {
  it('finds a wrong arrow, a wrong package and a wrong Node import', () => {
    expect(wrongArrow('models/perceiver/config.ts', 'electron/host/store.ts', inTree)).toContain('may not use electron/host');
    expect(wrongArrow('renderer/app/shell.tsx', 'electron/host/store.ts', inTree)).toContain('may not use electron/host');
    expect(wrongArrow('renderer/app/shell.tsx', 'electron', { inTree: false })).toContain('may not use this package');
    expect(wrongArrow('electron/host/store.ts', 'electron', { inTree: false })).toContain('may not use this package');
    expect(wrongArrow('models/modality/image.ts', 'node:fs', { inTree: false })).toContain('may not use this package');
    expect(wrongArrow('renderer/app/shell.tsx', 'node:fs', { inTree: false })).toContain('may not use this package');
  });

  it('lets the drawn arrows pass', () => {
    expect(wrongArrow('electron/main/index.ts', 'electron', { inTree: false })).toBeNull();
    expect(wrongArrow('models/runtime/run.ts', 'models/perceiver/config.ts', inTree)).toBeNull();
    expect(wrongArrow('models/modality/image.ts', 'models/runtime/types.ts', { inTree: true, typeOnly: true })).toBeNull();
    expect(wrongArrow('models/modality/image.ts', 'models/runtime/run.ts', inTree)).toContain('may not use models/runtime');
  });

  it('reads static, type-only, re-exporting and dynamic imports', () => {
    const text = "import type { A } from './a'; import { type B } from './b'; import { C } from './c'; export * from './d'; import('./e');";
    expect(importsOf('x.ts', text)).toEqual([
      { specifier: './a', typeOnly: true },
      { specifier: './b', typeOnly: true },
      { specifier: './c', typeOnly: false },
      { specifier: './d', typeOnly: false },
      { specifier: './e', typeOnly: false },
    ]);
  });

  it('finds a cycle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
    ]);
    expect(cyclesOf(graph)).toEqual([['a', 'b', 'c', 'a']]);
  });

  it('finds none in this checkout', () => {
    expect(checkArrows(process.cwd())).toEqual([]);
  });
});
