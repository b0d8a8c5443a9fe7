import { describe, expect, it } from 'vitest';
import { attentionForm } from './attention-form';

describe('The form of an attention', () => {
  it('is folded for one head over many wide rows', () => {
    expect(attentionForm({ queries: 512, inputs: 50176, channels: 261, width: 261, heads: 1 })).toBe('folded');
  });

  it('is projected where every head would read the wide rows again', () => {
    expect(attentionForm({ queries: 64, inputs: 1024, channels: 261, width: 128, heads: 8 })).toBe('projected');
  });

  it('is folded for a single query, which needs no keys of all inputs', () => {
    expect(attentionForm({ queries: 1, inputs: 64, channels: 128, width: 128, heads: 1 })).toBe('folded');
  });
});
