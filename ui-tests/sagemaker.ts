import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Lab } from './lab';

/** The example that the tests train: a real script on real data. */
export const EXAMPLE = resolve(__dirname, '../examples/penguins');

/** Palmer penguins as CSV with a header, in an order that mixes the species; `test` is held out. */
export function penguins(): { train: string; test: string } {
  const python = process.env.PYTHON || resolve(__dirname, '../.venv/bin/python');
  const code =
    'from palmerpenguins import load_penguins\n' +
    'import json\n' +
    "table = load_penguins().sample(frac=1, random_state=1).drop(columns='year')\n" +
    'print(json.dumps([part.to_csv(index=False) for part in (table[:260], table[260:])]))';
  const [train, test] = JSON.parse(execFileSync(python, ['-c', code], { encoding: 'utf-8' }));
  return { train, test };
}

/** A folder in JupyterLab's file browser with these files in it; answers its path there. */
export function folderWith(lab: Lab, files: Record<string, string>): string {
  const name = `test-${randomUUID().slice(0, 8)}`;
  const folder = join(lab.server.root, name);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(join(folder, path), text);
  }
  return name;
}

/** A spec that runs `train.py` beside it. */
export function specText(name: string, more = ''): string {
  return `# made by a test
api_version: smext/v1
kind: TrainingJob
metadata:
  base_job_name: ${name}
spec:
  algorithm:
    framework:
      name: sklearn
      version: '1.2-1'
    metric_definitions:
      - name: train:loss
        regex: train_loss=([0-9.]+)
  source_code:
    entry_script: train.py
  compute:
    instance_type: ml.m5.large # the smallest that we use
  stopping_condition:
    max_runtime_in_seconds: 600
${more}`;
}

export interface ILaunched {
  name: string;
  /** Path of the document in the file browser. */
  document: string;
}

/** Launch a job that runs this script; `more` are further lines of its spec. */
export async function launch(lab: Lab, script: string, name = 'ui', more = ''): Promise<ILaunched> {
  const text = specText(name, more);
  const folder = folderWith(lab, { 'train.py': script, 'job.sagemaker.yaml': text });
  const document = `${folder}/job.sagemaker.yaml`;
  const { spec } = await lab.api('POST', 'estimators/parse', { text });
  const { token } = await lab.api('POST', 'estimators/launch-token', { document });
  const task = await lab.api('POST', 'estimators/launches', { spec, document, token });
  if (!task.result) {
    throw new Error(`The launch did not end in time, or failed: ${JSON.stringify(task)}`);
  }
  return { name: task.result.training_job_name, document };
}

/** Wait until a job has ended; answers its description. */
export async function ended(lab: Lab, name: string): Promise<any> {
  for (;;) {
    const job = await lab.api('POST', 'jobs/describe', { training_job_name: name });
    if (!['InProgress', 'Stopping'].includes(job.training_job_status)) {
      return job;
    }
    await lab.page.waitForTimeout(500);
  }
}

/** A script that prints a loss every `pause` seconds, and then ends well. */
export function lossScript(lines: number, pause: number): string {
  return `import os, time
for step in range(${lines}):
    print(f"step={step} train_loss={1 / (step + 1):.4f} written={time.time():.3f}", flush=True)
    time.sleep(${pause})
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.txt"), "w").write("learned")
`;
}
