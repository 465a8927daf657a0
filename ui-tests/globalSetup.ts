import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';

/** What `start.py` prints when JupyterLab and the sandbox answer. */
export interface IServer {
  url: string;
  token: string;
  /** The folder that the file browser shows. */
  root: string;
  sandbox: { endpoint_url: string; region: string; account: string; bucket: string };
}

/** Start JupyterLab and the sandbox for all tests; answers what ends them. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const python = process.env.PYTHON || resolve(__dirname, '../.venv/bin/python');
  const server = spawn(python, [resolve(__dirname, 'start.py')], {
    stdio: ['pipe', 'pipe', process.env.SHOW_SERVER_LOG ? 'inherit' : 'ignore']
  });
  const line = await new Promise<string>((found, failed) => {
    createInterface(server.stdout).once('line', found);
    server.once('error', failed);
    server.once('exit', code =>
      failed(
        new Error(`start.py ended with exit code ${code}; SHOW_SERVER_LOG=1 shows what it said`)
      )
    );
  });
  process.env.SMEXT_SERVER = line;
  return async () => {
    const ended = new Promise(done => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
  };
}
