import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { field, form, jobsNamed, modelText, openSpec, test as base } from '../estimators';
import { startServer } from '../globalSetup';
import { expect } from '../lab';
import { ended, specText } from '../sagemaker';

const TEMPLATES_BUCKET = 'ui-team-templates';

/** A JupyterLab whose administrator has set a budget, instance types and templates. */
const test = base.extend({
  server: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'smext-policy-'));
      const policy = join(folder, 'policy.yaml');
      writeFileSync(
        policy,
        `version: 1
contact: Ada
instance_types: { allowed: ["ml.m5.*"] }
budget: { max_launch_usd: 0.5 }
templates:
  - s3://${TEMPLATES_BUCKET}/start/
  - git+file://${repository(folder)}@main#subdirectory=jobs
  - s3://ui-no-such-bucket-of-ours/
`
      );
      const { server, stop } = await startServer(`--admin-policy=${policy}`);
      await use(server);
      await stop();
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 120_000 }
  ]
});

/** A git repository with one template in it; answers its path. */
function repository(folder: string): string {
  const path = join(folder, 'team');
  mkdirSync(join(path, 'jobs'), { recursive: true });
  writeFileSync(join(path, 'jobs', 'sklearn.sagemaker.yaml'), specText('from-git'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: path });
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
  return path;
}

test("the administrator's budget blocks a launch, one's own warns", async ({ lab }) => {
  // Ten instances for ten hours cost more than half a dollar at any price of this type.
  const text = specText('dear')
    .replace('ml.m5.large #', 'ml.m5.large\n    instance_count: 10 #')
    .replace('max_runtime_in_seconds: 600', 'max_runtime_in_seconds: 36000');
  await openSpec(lab, text);
  const bar = form(lab).getByRole('group', { name: 'Launch' });
  const price = bar.getByRole('button', { name: /at most$/ });
  await expect(price).toBeVisible({ timeout: 20_000 });
  const dollars = /\d+\.\d\d/.exec((await price.textContent()) ?? '')?.[0] ?? 'no price';
  await bar.getByRole('button', { name: 'Launch', exact: true }).click();
  const findings = bar.getByRole('list', { name: 'Findings of the check' });
  const over = findings.getByRole('listitem').filter({ hasText: 'administrator' });
  await expect(over).toContainText('Error', { timeout: 20_000 });
  await expect(over).toContainText(`${dollars} USD; the administrator allows 0.5 USD`);

  // What the form would let through the server does not.
  await bar.getByRole('button', { name: 'Launch anyway' }).click();
  const refused = bar.getByRole('alert').filter({ hasText: 'The launch can cost' });
  await expect(refused).toContainText(`${dollars} USD`, { timeout: 20_000 });
  await expect(refused).toContainText('the administrator allows 0.5 USD');
  expect(await jobsNamed(lab, 'dear')).toEqual([]);
  await lab.expectAccessible('.jp-smext-LaunchBar');

  const own = specText('warned').replace('spec:', 'policy:\n  max_cost_usd: 0.01\nspec:');
  await openSpec(lab, own);
  await expect(bar).toContainText('more than your limit of $0.01', { timeout: 20_000 });
  await bar.getByRole('button', { name: 'Launch', exact: true }).click();
  const warned = findings.getByRole('listitem').filter({ hasText: 'the budget of 0.01 USD' });
  await expect(warned).toContainText('Warning', { timeout: 20_000 });
  expect(await jobsNamed(lab, 'warned')).toEqual([]);
  await bar.getByRole('button', { name: 'Launch anyway' }).click();
  await expect.poll(async () => (await jobsNamed(lab, 'warned')).length).toBe(1);
  const [{ training_job_name }] = await jobsNamed(lab, 'warned');
  expect((await ended(lab, training_job_name)).training_job_status).toBe('Completed');
});

test('what the administrator does not allow is shown, and cannot be chosen', async ({ lab }) => {
  await openSpec(lab, specText('refused-type').replace('ml.m5.large', 'ml.c5.xlarge'));
  await expect(form(lab)).toContainText(/Set by your administrator: .*ml\.m5\.\*.* Ask Ada\./);
  await form(lab).getByRole('button', { name: 'Choose…' }).click();
  const picker = form(lab).getByRole('group', { name: 'Instance types' });
  await picker.getByLabel('Search types').fill('ml.c5.2xlarge');
  const row = picker.getByRole('row', { name: /ml\.c5\.2xlarge/ });
  await expect(row).toContainText('not allowed');
  await row.click();
  await expect(picker.getByRole('button', { name: 'Choose', exact: true })).toBeDisabled();
  await row.dblclick();
  await expect(picker).toBeVisible();
  expect(await modelText(lab)).toContain('instance_type: ml.c5.xlarge #');
});

test('templates come from S3 and from git, and a source that cannot be read is told', async ({
  lab
}) => {
  const fromS3 = specText('from-s3');
  await lab.api('POST', 's3/buckets', { name: TEMPLATES_BUCKET });
  await lab.put(TEMPLATES_BUCKET, 'start/penguins.sagemaker.yaml', fromS3);
  await lab.put(TEMPLATES_BUCKET, 'start/broken.sagemaker.yaml', fromS3.replace('kind:', 'kin:'));
  await lab.openPanel('jobs');
  await lab.onlySection('Training');
  await lab.panel.locator('.jp-smext-Jobs').click({ button: 'right' });
  await lab.page.getByRole('menuitem', { name: 'New Estimator from Template…' }).click();

  const dialog = lab.page.getByRole('dialog');
  const create = dialog.getByRole('button', { name: 'Create' });
  await expect(dialog.getByRole('row', { name: /penguins/ })).toContainText('Valid', {
    timeout: 20_000
  });
  await expect(dialog.getByRole('row', { name: /broken/ })).toContainText('problem');
  await expect(dialog).toContainText('s3://ui-no-such-bucket-of-ours/ cannot be read');
  await expect(create).toBeDisabled();
  await dialog.getByRole('row', { name: /penguins/ }).click();
  await expect(dialog.getByLabel('Text of the template')).toContainText('from-s3');
  await dialog.getByLabel('Search templates').fill('sklearn');
  await expect(create).toBeDisabled();
  const fromGit = dialog.getByRole('row', { name: /sklearn/ });
  await expect(fromGit).toContainText(/git\+file:.*[0-9a-f]{12}/);
  await fromGit.click();
  await expect(dialog.getByLabel('Text of the template')).toContainText('from-git');
  await expect(dialog.getByLabel('Chosen')).toHaveValue('sklearn');
  await create.click();
  await expect(field(lab, 'Name')).toHaveValue('from-git', { timeout: 20_000 });
  const [file] = readdirSync(lab.server.root).filter(each => each.endsWith('.sagemaker.yaml'));
  expect(readFileSync(join(lab.server.root, file), 'utf-8')).toBe(specText('from-git'));
});
