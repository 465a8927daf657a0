import type { FullConfig } from '@playwright/test';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';

/** What `start.py` prints when JupyterLab and the sandbox answer. */
export interface IServer {
  url: string;
  token: string;
  /** The folder that the file browser shows. */
  root: string;
  sandbox: {
    endpoint_url: string;
    region: string;
    account: string;
    bucket: string;
    env: Record<string, string>;
  };
}

/** Start a JupyterLab and a sandbox for each worker; answers what ends them. */
export default async function globalSetup({ workers }: FullConfig): Promise<() => Promise<void>> {
  const started = await Promise.all(Array.from({ length: workers }, () => startServer()));
  process.env.SMEXT_SERVERS = JSON.stringify(started.map(({ server }) => server));
  return async () => {
    await Promise.all(started.map(({ stop }) => stop()));
  };
}

/** The server of this worker, which no test that runs at the same time looks at. */
export function workerServer(): IServer {
  const servers = JSON.parse(process.env.SMEXT_SERVERS ?? '[]') as IServer[];
  return servers[Number(process.env.TEST_PARALLEL_INDEX)];
}

/** Start a JupyterLab and a sandbox; `args` are those of `start.py`. */
export async function startServer(
  ...args: string[]
): Promise<{ server: IServer; stop: () => Promise<void> }> {
  const python = process.env.PYTHON || resolve(__dirname, '../.venv/bin/python');
  const started = spawn(python, [resolve(__dirname, 'start.py'), ...args], {
    stdio: ['pipe', 'pipe', process.env.SHOW_SERVER_LOG ? 'inherit' : 'ignore']
  });
  const line = await new Promise<string>((found, failed) => {
    createInterface(started.stdout).once('line', found);
    started.once('error', failed);
    started.once('exit', code =>
      failed(
        new Error(`start.py ended with exit code ${code}; SHOW_SERVER_LOG=1 shows what it said`)
      )
    );
  });
  const stop = async () => {
    const ended = new Promise(done => started.once('exit', done));
    started.kill('SIGTERM');
    await ended;
  };
  return { server: JSON.parse(line) as IServer, stop };
}
