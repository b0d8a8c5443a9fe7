import { describe, expect, it } from 'vitest';
import { failureJson, percent, type Result, resultJson, resultTable } from './results';

const common = {
  input: 'cat.jpg',
  model: 'image-fourier',
  engine: 'native',
  timingsMs: { preprocess: 1.23456, encode: 2, process: 3, decode: 4, postprocess: 0.5, total: 11 },
  notes: [],
} as const;
const classes: Result = {
  ...common,
  kind: 'classes',
  classes: [
    { label: 'cat', probability: 0.7123456789 },
    { label: 'dog', probability: 0.0004 },
  ],
};
const text: Result = {
  ...common,
  kind: 'text',
  bytes: new TextEncoder().encode('a\u0007bc'),
  answer: {
    masked: [
      {
        position: 2,
        top: [
          { byte: 98, probability: 0.5 },
          { byte: 200, probability: 0.25 },
        ],
      },
    ],
    filled: new TextEncoder().encode('a\u0007bc'),
    timingsMs: common.timingsMs,
    notes: [],
  },
  notes: ['Something was left out.'],
};

describe('JSON lines', () => {
  it('of a classifier have the documented keys in order', () => {
    expect(resultJson(classes)).toBe(
      '{"input":"cat.jpg","model":"image-fourier","engine":"native","timings_ms":{"preprocess":1.235,"encode":2,"process":3,"decode":4,"postprocess":0.5,"total":11},"classes":[{"label":"cat","probability":0.7123457},{"label":"dog","probability":0.0004}]}',
    );
  });

  it('of masked text give null where a byte alone is no character, and notes only where there are some', () => {
    expect(JSON.parse(resultJson(text))).toMatchObject({
      masked: [
        {
          position: 2,
          top: [
            { byte: 98, text: 'b', probability: 0.5 },
            { byte: 200, text: null, probability: 0.25 },
          ],
        },
      ],
      filled: 'a\u0007bc',
      notes: ['Something was left out.'],
    });
  });

  it('of errors leave technical detail out', () => {
    const error = { code: 'file-empty', message: 'It is empty.', hint: 'Choose another.', detail: 'stack' } as const;
    expect(failureJson({ input: 'x', error })).toBe(
      '{"input":"x","error":{"code":"file-empty","message":"It is empty.","hint":"Choose another."}}',
    );
  });
});

describe('tables', () => {
  it('hold no escape sequence without colour, whatever the input holds', () => {
    const table = resultTable({ ...text, input: 'evil\u001b[2J.txt' }, { colour: false, columns: 80 });
    expect(table.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(table).toContain('evil·[2J.txt');
    expect(table).toContain('[b]');
  });

  it('are coloured where asked', () => {
    expect(resultTable(classes, { colour: true, columns: 80 })).toContain('\u001b[');
  });

  it('never round a share to nothing or to all', () => {
    expect([0.6423, 0.0004, 0, 1, 0.99999].map(percent)).toEqual(['64.2 %', '< 0.1 %', '0.0 %', '100.0 %', '> 99.9 %']);
  });
});
