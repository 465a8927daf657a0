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

/** Start JupyterLab and the sandbox for all tests; answers what ends them. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const { server, stop } = await startServer();
  process.env.SMEXT_SERVER = JSON.stringify(server);
  return stop;
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
