/** The native menu's commands and the system's files, in Electron; in browser mode the stream brings files of the start only. */
import { SAMPLE_COMMAND } from '../../electron/contract/commands';
import type { AppEvent } from '../../electron/contract/host';
import type { LabErrorData } from '../../models/lab-error';
import type { Lab } from '../state/lab';
import type { Command } from './commands';

/** Answers one event after another; files that were opened together are gathered until the last of them is there. */
export function appEventListener(lab: Lab, commands: readonly Command[]): (event: AppEvent) => void {
  let files: File[] = [];
  let errors: LabErrorData[] = [];
  return (event) => {
    if (event.kind === 'notice') lab.store.setState({ inputError: event.error });
    else if (event.kind === 'command') command(lab, commands, event.command);
    else {
      if (event.kind === 'file') files.push(new File([event.bytes as Uint8Array<ArrayBuffer>], event.name));
      else errors.push(event.error);
      if (event.more) return;
      void lab.inputs.openFiles(files, errors);
      files = [];
      errors = [];
    }
  };
}

function command(lab: Lab, commands: readonly Command[], id: string): void {
  if (id.startsWith(SAMPLE_COMMAND)) void lab.inputs.openSample(id.slice(SAMPLE_COMMAND.length));
  else commands.find((entry) => entry.id === id && !entry.why?.(lab.store.getState()))?.run(lab);
}
