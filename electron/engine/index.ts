/** Entry of an engine's process: onnxruntime loaded as told, one `EngineService` served on every channel. */
import { EngineService } from '../../models/runtime/engine-service';
import { runEngineProcess, type Service, type ServiceOptions } from './engine-process';
import { loadOrt } from './load-ort';
import { parentOf } from './parent';

async function createService({ engine, threads, resolve }: ServiceOptions): Promise<Service> {
  const { ort, device } = await loadOrt(engine, threads);
  const service = new EngineService({ ort, engine, threads, resolve });
  return {
    device,
    handlers: {
      open: (params, { signal }) => service.open(params, { signal }),
      run: (params, { signal, report }) => service.run(params, { signal, onProgress: report }),
      ask: (question, { signal }) => service.ask(question, { signal }),
      forget: (params) => service.forget(params),
      check: () => service.check(),
    },
  };
}

runEngineProcess(parentOf(process), createService);
