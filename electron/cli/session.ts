/** A model opened on an engine in a process of its own, by way of the same host that serves the window. */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { LabError } from '../../models/lab-error';
import type { AttentionAnswer, AttentionQuestion, ModelInfo, RunInput, RunResult } from '../../models/runtime/types';
import type { Client } from '../contract/define';
import type { EngineContract } from '../contract/engine';
import type { ProcessEngine } from '../contract/engine-process';
import type { ModelEntry } from '../contract/host';
import { forkEngine } from '../host/engine-process';
import { findFolders } from '../host/folders';
import { createHost, type Host } from '../host/index';
import { readModelInfo } from '../host/read-model-info';

export interface Session {
  /** As it was asked for: a zoo name, or a folder as it was typed. */
  readonly model: string;
  readonly info: ModelInfo;
  readonly engine: ProcessEngine;
  /** Rejects with `cancelled` once the signal is aborted. */
  run(input: RunInput, topK: number, signal: AbortSignal): Promise<RunResult>;
  ask(question: AttentionQuestion, signal: AbortSignal): Promise<AttentionAnswer>;
  forget(runId: string): Promise<void>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** null: the native engine, or WebAssembly where that does not load. */
  readonly engine: ProcessEngine | null;
  /** Paths are relative to this folder. */
  readonly folder: string;
  /** Sentences for the person. */
  readonly say: (sentence: string) => void;
}

export async function openSession(model: string, options: SessionOptions): Promise<Session> {
  const host = await openHost(options.say);
  try {
    const entry = await findModel(host, model, options.folder);
    const { engine, client } = await startEngine(host, options);
    await client.open({ modelId: entry.id });
    for (const note of entry.info.notes) options.say(note);
    return sessionOf(host, model, entry, engine);
  } catch (thrown) {
    await host.close();
    throw thrown;
  }
}

async function openHost(say: (sentence: string) => void): Promise<Host> {
  const folders = findFolders(import.meta.dirname);
  return createHost({
    ...folders,
    mode: 'browser',
    modeReason: null,
    startEngineProcess: forkEngine(folders.engineEntry),
    readModelInfo,
    log: say,
  });
}

/** A name of the zoo, else a folder. Throws `model-unknown` with the names there are where it is neither. */
async function findModel(host: Host, model: string, folder: string): Promise<ModelEntry> {
  const path = resolve(folder, model);
  const looksLikePath = isAbsolute(model) || /[\\/]|^\./.test(model);
  const inZoo = await host.models.folders();
  if (!looksLikePath && Object.hasOwn(inZoo, model)) return host.models.get(model);
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) {
    throw new LabError(
      'checkpoint-missing',
      `${model} is a file; a model is a folder.`,
      'Name the folder with config.json and model.safetensors.',
    );
  }
  return found || looksLikePath ? host.addModelFolder(path) : host.models.get(model);
}

async function startEngine(
  host: Host,
  { engine, say }: SessionOptions,
): Promise<{ readonly engine: ProcessEngine; readonly client: Client<EngineContract> }> {
  if (engine) return { engine, client: await host.engine(engine) };
  try {
    return { engine: 'native', client: await host.engine('native') };
  } catch (thrown) {
    const error = LabError.from(thrown);
    if (error.code !== 'engine-unavailable' && error.code !== 'engine-disagrees') throw error;
    say(`${error.message} WebAssembly is used instead.`);
    return { engine: 'wasm', client: await host.engine('wasm') };
  }
}

function sessionOf(host: Host, model: string, { id: modelId, info }: ModelEntry, engine: ProcessEngine): Session {
  // A process that was lost is started again by the host: it is asked for its calls each time.
  const client = (): Promise<Client<EngineContract>> => host.engine(engine);
  return {
    model,
    info,
    engine,
    run: async (input, topK, signal) => (await client()).run({ runId: randomUUID(), modelId, input, options: { topK } }, { signal }),
    ask: async (question, signal) => (await client()).ask(question, { signal }),
    forget: async (runId) => (await client()).forget({ runId }),
    close: () => host.close(),
  };
}
