/** The lab for components: one provider, narrow selectors. */
import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { LabErrorData } from '../../models/lab-error';
import type { AttentionAnswer, AttentionQuestion, ModelInfo, RunResult } from '../../models/runtime/types';
import { fittingView } from '../state/derived';
import type { Lab } from '../state/lab';
import type { LabState, View } from '../state/types';

const LabContext = createContext<Lab | null>(null);
export const LabProvider = LabContext.Provider;

export function useLab(): Lab {
  const lab = useContext(LabContext);
  if (!lab) throw new Error('outside of LabProvider');
  return lab;
}

export function useLabState<T>(select: (state: LabState) => T): T {
  return useStore(useLab().store, select);
}

/** The result on screen, or null before the first one. */
export function useShownResult(): RunResult | null {
  const { arrays } = useLab();
  const id = useLabState((state) => state.shownRunId);
  return id === null ? null : (arrays.results.get(id) ?? null);
}

/** The view as far as this model has what was chosen. */
export function useFittingView(info: ModelInfo): View {
  const view = useLabState((state) => state.view);
  return useMemo(() => fittingView(view, info), [view, info]);
}

/** Why a question has no answer, where it failed. */
export function useFailedAnswer(question: AttentionQuestion | null): LabErrorData | null {
  const { attention } = useLab();
  useLabState((state) => state.answers);
  return question ? attention.failure(question) : null;
}

/** The answer where it is there; asked for where it is not, and rendered again when it comes. */
export function useAnswer(question: AttentionQuestion | null): AttentionAnswer | null {
  const { attention } = useLab();
  useLabState((state) => state.answers);
  return question ? attention.answer(question) : null;
}
