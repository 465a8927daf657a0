import type { Locator } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, type Lab, test } from '../lab';

const TESTS = resolve(__dirname, '../../tests/studio');

function tab(lab: Lab): Locator {
  return lab.page.locator('.jp-smext-Domain:visible');
}

function button(lab: Lab, name: string): Locator {
  return tab(lab).getByRole('button', { name, exact: true });
}

let domain: Promise<string> | null = null;

/** A domain with one user profile, made once for all tests; answers its id. */
function domainOf(lab: Lab): Promise<string> {
  domain ??= madeDomain(lab);
  return domain;
}

async function madeDomain(lab: Lab): Promise<string> {
  const { id } = await lab.api('POST', 'studio/domains', {
    domain_name: `ui-${randomUUID().slice(0, 8)}`
  });
  let result: { domain_id: string } | null = null;
  await expect
    .poll(
      async () => {
        const { tasks } = await lab.api('GET', 'tasks');
        const task = tasks.find((each: { id: string }) => each.id === id);
        result = task?.result;
        return task?.state;
      },
      { timeout: 40_000 }
    )
    .toBe('succeeded');
  return result!.domain_id;
}

/** Wheels of a version that hold nothing, made without a package index; answers their folder. */
function wheels(version: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'smext-wheels-')), 'bundle');
  const code =
    'import sys, pathlib, lifecycle_bundles as b; b.bundle_in(pathlib.Path(sys.argv[1]), sys.argv[2])';
  const python = process.env.PYTHON || resolve(__dirname, '../../.venv/bin/python');
  execFileSync(python, ['-c', code, folder, version], { cwd: TESTS });
  return folder;
}

test('sets Studio up after showing the plan, and comes back after a reload', async ({ lab }) => {
  await lab.openPanel('studio');
  const section = lab.panel.locator('.jp-smext-StudioSection');
  await expect(section).toContainText('outside Studio');
  await section.getByRole('button', { name: 'Set Studio up…' }).click();
  const steps = tab(lab).getByRole('region', { name: 'What is made' });
  await expect(steps).toContainText('Nothing by itself', { timeout: 30_000 });
  await expect(tab(lab).getByLabel('Execution role')).toHaveValue(/SageMakerSandboxRole$/);
  await expect(tab(lab).getByLabel('VPC')).toHaveValue(/^vpc-/);
  const name = `made-${randomUUID().slice(0, 8)}`;
  await tab(lab).getByLabel('Domain').fill(name);
  await expect(steps).toContainText(name);
  await button(lab, 'Set Studio up').click();
  await button(lab, 'Open the domain').click({ timeout: 40_000 });
  const title = tab(lab).getByRole('heading', { level: 2 });
  await expect(title).toHaveText(name);
  await expect(section.getByRole('button', { name })).toBeVisible();
  await lab.reload();
  await expect(title).toHaveText(name);
});

test('makes a space with its price in view, starts, stops and deletes it', async ({ lab }) => {
  const domain_id = await domainOf(lab);
  await lab.execute('smext:studio-create-space', { domain_id });
  const form = tab(lab).getByRole('form', { name: 'New space' });
  await expect(form.getByLabel('Name')).toBeFocused();
  await expect(form.getByRole('status')).toContainText('$0.050 an hour while it runs');
  await form.getByLabel('Volume (GB)').fill('20');
  await expect(form.getByRole('status')).toContainText('$2.24 a month for 20 GB');
  await form.getByLabel('Name').fill('not a name');
  await expect(form.getByRole('button', { name: 'Create space' })).toBeDisabled();
  await form.getByLabel('Name').fill('paper');
  await expect(form.getByRole('button', { name: 'Create space' })).toBeEnabled();
  await form.getByLabel('Name').press('Enter');

  const row = tab(lab).locator('[data-space="paper"]');
  await expect(row).toContainText('Stopped', { timeout: 20_000 });
  const details = tab(lab).getByRole('region', { name: 'Space paper' });
  await expect(details).toContainText('20 GB');
  const dialog = lab.page.getByRole('dialog');
  await details.getByRole('button', { name: 'Start…' }).click();
  await expect(dialog).toContainText('ml.t3.medium: $0.050 an hour from now on');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(row).toContainText('Running', { timeout: 30_000 });

  await tab(lab).getByRole('tab', { name: 'Apps' }).click();
  await expect(tab(lab)).toContainText('$0.050 an hour');
  await tab(lab).getByRole('tab', { name: 'Storage' }).click();
  await expect(tab(lab).getByRole('row', { name: /paper/ })).toContainText('$2.24 a month');
  await tab(lab).getByRole('tab', { name: 'Spaces' }).click();

  await details.getByRole('button', { name: 'Stop…' }).click();
  await expect(dialog).toContainText('what is only in memory is lost');
  await dialog.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(row).toContainText('Stopped', { timeout: 30_000 });

  await details.getByRole('button', { name: 'Delete…' }).click();
  await expect(dialog).toContainText('This is lost for good');
  await expect(dialog.getByRole('listitem').first()).toContainText('20 GB');
  const confirm = dialog.getByRole('button', { name: 'Delete', exact: true });
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel(/Type the name/).fill('paper');
  await confirm.click();
  await expect(row).toBeHidden({ timeout: 30_000 });
});

test('rolls out to a domain, says where it stands, and takes it back', async ({ lab }) => {
  const id = await domainOf(lab);
  const settings = async () =>
    (await lab.api('POST', 'studio/domains/describe', { domain_id: id })).default_user_settings;
  const before = await settings();
  await lab.execute('smext:studio-roll-out', { domain_id: id });
  await expect(tab(lab)).toContainText('Not installed in this domain.');
  await button(lab, 'Install…').click();
  await tab(lab).getByLabel('Wheels').fill(wheels('0.0.1'));
  await button(lab, 'Show what would change').click();
  const steps = tab(lab).getByRole('list', { name: 'Steps' });
  await expect(steps).toContainText(`Attach to domain ${id}`, { timeout: 30_000 });
  await button(lab, 'Install').click();
  await expect(tab(lab)).toContainText('and read back', { timeout: 30_000 });
  await button(lab, 'Close').click();
  const attached = tab(lab).getByRole('region', { name: 'Where it is attached' });
  await expect(attached).toContainText('version 0.0.1');

  const space_name = `examined-${randomUUID().slice(0, 8)}`;
  await lab.api('POST', 'studio/spaces', {
    domain_id: id,
    space_name,
    owner_user_profile_name: 'default'
  });
  await button(lab, 'Look again').click();
  const row = tab(lab).getByRole('row', { name: space_name });
  await row.getByRole('button', { name: 'Examine' }).click();
  const report = tab(lab).getByRole('region', { name: `Examination of ${space_name}` });
  await expect(report).toContainText('No lifecycle configuration has written a line', {
    timeout: 30_000
  });
  await report.getByRole('button', { name: 'Close' }).click();

  await tab(lab)
    .getByRole('button', { name: /^Upgrade to/ })
    .click();
  await tab(lab).getByLabel('Wheels').fill(wheels('9.9.1'));
  await button(lab, 'Show what would change').click();
  await expect(steps).toBeVisible({ timeout: 30_000 });
  await button(lab, 'Upgrade').click();
  await expect(tab(lab)).toContainText('and read back', { timeout: 30_000 });
  await button(lab, 'Close').click();
  await expect(attached).toContainText('version 9.9.1');
  await expect(row).toContainText('9.9.1');

  await button(lab, 'Uninstall…').click();
  await button(lab, 'Show what would change').click();
  await expect(steps).toBeVisible({ timeout: 30_000 });
  await button(lab, 'Uninstall').click();
  await expect(tab(lab)).toContainText('Not installed in this domain.', { timeout: 30_000 });
  expect(await settings()).toEqual(before);
});

test('is accessible where it is narrow, in every theme', async ({ lab }) => {
  await domainOf(lab);
  await lab.openPanel('studio');
  await lab.onlySection('Studio');
  const link = lab.panel.locator('.jp-smext-StudioDomains li button').first();
  await expect(link).toBeVisible();
  await lab.setPanelWidth(250);
  await link.click();
  await lab.page.setViewportSize({ width: 640, height: 800 });
  await button(lab, 'New space…').click();
  await expect(tab(lab).getByRole('form').getByRole('status')).toContainText('an hour');
  for (const theme of ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast']) {
    await lab.setTheme(theme);
    await lab.expectAccessible('.jp-smext-StudioSection');
    await lab.expectAccessible('.jp-smext-Domain');
  }
  const [content, room] = await lab.panel
    .locator('.jp-smext-StudioSection .jp-smext-SectionContent')
    .evaluate(node => [node.scrollWidth, node.clientWidth]);
  expect(content).toBeLessThanOrEqual(room);
});

test('shows what the administrator has set', async ({ lab }) => {
  const domain_id = await domainOf(lab);
  const answered = await lab.api('GET', 'admin-policy');
  const policy = {
    contact: 'platform@example.org',
    instance_types: { allowed: ['ml.t3.*'], default: null }
  };
  await lab.page.route('**/jupyter-smext/api/admin-policy*', route =>
    route.fulfill({ json: { ...answered, source: '/etc/policy.yaml', policy } })
  );
  await lab.openPanel('studio');
  const admin = lab.panel.getByRole('region', { name: 'Set by your admin' });
  await expect(admin).toContainText('only ml.t3.*');
  await expect(admin).toContainText('platform@example.org');
  await lab.execute('smext:studio-create-space', { domain_id });
  const form = tab(lab).getByRole('form', { name: 'New space' });
  await expect(form).toContainText('Set by your admin: only ml.t3.*');
  const suggested = form.locator('datalist option');
  await expect(suggested.first()).toHaveAttribute('value', 'ml.t3.medium');
  await expect(suggested.and(form.locator('[value^="ml.g"]'))).toHaveCount(0);
});
