import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from '../lab';
import { OpenNotebook } from '../notebook';
import { testWithServer } from '../ownServer';

// The environments of the SDKs are made here where the tests of Python have not made them.
const test = testWithServer(['--sdk-kernels'], 600_000);

for (const [example, kernel, captured] of [
  ['estimator-v2', 'sagemaker-v2', 6],
  ['model-trainer-v3', 'sagemaker-v3', 6]
] as const) {
  test(`a job that was captured from the SDK ends in its cell: ${kernel}`, async ({ lab }) => {
    test.setTimeout(180_000);
    const source = resolve(__dirname, `../../examples/${example}.ipynb`);
    const notebook = JSON.parse(readFileSync(source, 'utf-8'));
    notebook.metadata.kernelspec = { name: kernel, display_name: kernel, language: 'python' };
    const path = `${example}-${randomUUID().slice(0, 8)}.ipynb`;
    writeFileSync(join(lab.server.root, path), JSON.stringify(notebook));
    const opened = new OpenNotebook(lab, path);
    await opened.open();
    await opened.runAll();

    await expect(await opened.show(captured)).toContainText('kind: TrainingJob', {
      timeout: 90_000
    });
    await expect(await opened.show(captured + 1)).toContainText('Preflight');
    await expect(await opened.show(captured + 2)).toContainText('USD');
    const monitor = await opened.show(captured + 3);
    await expect(monitor.getByRole('status').first()).toContainText('Completed', {
      timeout: 90_000
    });
    await expect(await opened.show(captured + 4)).toContainText('Completed', { timeout: 60_000 });
    await expect(await opened.show(captured + 5)).toContainText('accuracy=');
  });
}
