import { type IServer, startServer } from './globalSetup';
import { Lab, test } from './lab';

/** `test` with a JupyterLab and a sandbox that are started otherwise; `args` are those of `start.py`. */
export function testWithServer(args: readonly string[], timeout = 120_000) {
  return test.extend<{ lab: Lab }, { ownServer: IServer }>({
    ownServer: [
      async ({}, use) => {
        const { server, stop } = await startServer(...args);
        await use(server);
        await stop();
      },
      { scope: 'worker', timeout }
    ],
    lab: async ({ page, ownServer }, use) => {
      const lab = new Lab(page, ownServer);
      await lab.load();
      await lab.settle();
      await use(lab);
    }
  });
}
