import type { ReactElement } from 'react';
import { expect, it, vi } from 'vitest';
import { startFakeLab } from '../state/fake-doors';
import { ErrorBoundary } from './error-boundary';
import { Notice } from './notice';

it('what goes wrong while drawing becomes a notice with its details', () => {
  const boundary = new ErrorBoundary({ children: 'window', onGoOn: () => undefined });
  expect(boundary.render()).toBe('window');
  boundary.state = ErrorBoundary.getDerivedStateFromError(new TypeError('undefined is no byte'));
  const { props } = boundary.render() as ReactElement<{ children: ReactElement<Parameters<typeof Notice>[0]> }>;
  expect(props.children.type).toBe(Notice);
  expect(props.children.props.error).toMatchObject({ message: 'A part of the window could not be drawn.' });
  expect(props.children.props.error.detail).toContain('undefined is no byte');
});

it('going on lets go of the selection and of nothing else', async () => {
  const { lab } = await startFakeLab();
  lab.views.selectLatent(2);
  const { input, runs, shownRunId } = lab.store.getState();
  const boundary = new ErrorBoundary({ children: 'window', onGoOn: () => lab.views.clearSelection() });
  boundary.setState = vi.fn();
  boundary.goOn();
  expect(boundary.setState).toHaveBeenCalledWith({ error: null });
  expect(lab.store.getState()).toMatchObject({ selection: { latents: [], query: null }, input, runs, shownRunId });
});
