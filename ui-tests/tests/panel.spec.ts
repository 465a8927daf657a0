import type { Page } from '@playwright/test';
import { expect, test } from '../lab';

/** Have our server part answer something else for one path, from the next load on. */
async function answer(page: Page, path: string, status: number, body: unknown): Promise<void> {
  await page.route(`**/jupyter-smext/api/${path}?*`, route =>
    route.fulfill({
      status,
      contentType: typeof body === 'string' ? 'text/html' : 'application/json',
      body: typeof body === 'string' ? body : JSON.stringify(body)
    })
  );
}

test.describe('panel', () => {
  test('says who we are, where, and that it is the sandbox', async ({ lab }) => {
    await lab.openPanel();
    const header = lab.panel.locator('.jp-smext-Header');
    await expect(header).toContainText('SageMakerSandboxRole');
    await expect(header).toContainText(lab.server.sandbox.account);
    await expect(header).toContainText(lab.server.sandbox.region);
    await expect(header).toContainText('sandbox');
    await header.getByRole('button', { name: 'SageMakerSandboxRole' }).click();
    await expect(header).toContainText(
      `arn:aws:iam::${lab.server.sandbox.account}:role/SageMakerSandboxRole`
    );
    await expect(header).toContainText(lab.server.sandbox.bucket);
    await lab.expectAccessible('#jp-smext-panel');
  });

  test('opens from the command palette', async ({ lab }) => {
    const active = lab.page.locator('.lm-CommandPalette-item.lm-mod-active');
    // The palette closes when something else, such as the launcher while it loads, takes the focus.
    await expect(async () => {
      await lab.execute('apputils:activate-command-palette');
      await lab.page.locator('.lm-CommandPalette-input').fill('open the amazon sagemaker', {
        timeout: 2000
      });
      await expect(active).toContainText('Open the Amazon SageMaker Panel', { timeout: 2000 });
    }).toPass();
    await lab.page.keyboard.press('Enter');
    await expect(lab.panel).toBeVisible();
  });

  test('is reached and folded with the keyboard', async ({ lab }) => {
    await lab.openPanel();
    const title = lab.panel.locator('.jp-AccordionPanel-title').first();
    await title.focus();
    await expect(title).toHaveAttribute('aria-expanded', 'true');
    await lab.page.keyboard.press('Enter');
    await expect(title).toHaveAttribute('aria-expanded', 'false');
  });

  test('says when the server part is missing, once, and recovers', async ({ lab }) => {
    await answer(lab.page, 'handshake', 404, '<html>404</html>');
    await lab.load();
    await lab.openPanel();
    await expect(lab.page.locator('.jp-toast-message')).toContainText('not available');
    const alert = lab.panel.getByRole('alert');
    await expect(alert).toContainText('Server part missing');
    await expect(alert).toContainText('pip install jupyter-smext');
    await expect(lab.panel.locator('.jp-AccordionPanel-title').first()).toBeHidden();
    await lab.expectAccessible('#jp-smext-panel');
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(alert).toBeVisible();
    await lab.page.unrouteAll();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(lab.panel.locator('.jp-smext-Header')).toContainText('SageMakerSandboxRole');
    await expect(lab.panel.locator('.jp-AccordionPanel-title').first()).toBeVisible();
  });

  test('says when panel and server part are of different versions', async ({ lab }) => {
    await answer(lab.page, 'handshake', 200, { version: '99.0.0' });
    await lab.load();
    await lab.openPanel();
    const alert = lab.panel.getByRole('alert');
    await expect(alert).toContainText('Versions differ');
    await expect(alert).toContainText('99.0.0');
    await expect(alert).toContainText('restart the Jupyter server');
  });

  test('says what is wrong with the credentials', async ({ lab }) => {
    await answer(lab.page, 'identity', 403, {
      code: 'CredentialsExpired',
      message: 'The security token included in the request is expired',
      hint: 'Renew them.',
      operation: 'GetCallerIdentity',
      retryable: false
    });
    await lab.load();
    await lab.openPanel();
    const alert = lab.panel.locator('.jp-smext-Header').getByRole('alert');
    await expect(alert).toContainText('AWS credentials have expired');
    await expect(alert).toContainText('GetCallerIdentity');
    await lab.page.unrouteAll();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(lab.panel.locator('.jp-smext-Header')).toContainText('SageMakerSandboxRole');
  });

  test('names action, resource and principal where buckets may not be listed', async ({ lab }) => {
    await answer(lab.page, 's3/buckets', 403, {
      code: 'AccessDenied',
      message: 'User is not authorized to perform: s3:ListAllMyBuckets',
      action: 's3:ListAllMyBuckets',
      resource: '*',
      principal: 'arn:aws:iam::123456789012:role/Reader',
      operation: 'ListBuckets',
      request_id: 'ABC',
      retryable: false
    });
    const bucket = await lab.bucketWith({ 'a.txt': 'a' });
    await lab.load();
    await lab.openPanel();
    await lab.onlySection('S3');
    const alert = lab.panel.getByRole('alert');
    await expect(alert).toContainText('Access denied');
    for (const fact of ['s3:ListAllMyBuckets', 'role/Reader', 'ABC']) {
      await expect(alert).toContainText(fact);
    }
    // A bucket can be opened without that permission.
    const field = lab.panel.getByRole('combobox', { name: 'Path in S3' });
    // The field closes when something else, such as the launcher while it loads, takes the focus.
    await expect(async () => {
      await alert.getByRole('button', { name: 'Go to a bucket by name' }).click({ timeout: 2000 });
      await field.fill(bucket, { timeout: 2000 });
      await field.press('Enter', { timeout: 2000 });
    }).toPass();
    await expect(lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-row')).toHaveText([/a\.txt/]);
  });
});

test.describe('header', () => {
  test('counts at once what runs, also where sections are folded', async ({ lab }) => {
    const row = {
      domain_id: 'd-abcdefghijkl',
      app_type: 'JupyterLab',
      app_name: 'default',
      resource_spec: {}
    };
    await lab.page.route('**/api/studio/apps/existing*', route =>
      route.fulfill({
        json: {
          apps: [
            { ...row, space_name: 'one', status: 'InService' },
            { ...row, space_name: 'two', status: 'InService' },
            { ...row, space_name: 'gone', status: 'Failed' }
          ],
          next_token: null
        }
      })
    );
    await lab.openPanel('s3');
    await lab.onlySection('S3');
    const count = lab.panel.locator('.jp-smext-Running-item', { hasText: '2 spaces run' });
    await expect(count).toBeVisible();
    await lab.execute('filebrowser:activate');
    await expect(lab.panel).toBeHidden();
    // A poll comes every 15 seconds; whoever opens the panel does not wait for it.
    const look = lab.page.waitForRequest(/api\/studio\/apps\/existing/, { timeout: 5000 });
    await lab.openPanel('s3');
    await look;
    await count.click();
    await expect(lab.panel.locator('.jp-smext-StudioSection')).toBeVisible();
  });

  test('what it looks at for itself does not keep the server awake', async ({ lab }) => {
    const looks: string[] = [];
    lab.page.on('request', request => {
      if (/api\/(jobs|endpoints|tuning|studio|tasks)\b/.test(request.url())) {
        looks.push(request.url());
      }
    });
    await lab.openPanel('training');
    for (const list of ['jobs', 'endpoints', 'studio']) {
      await expect.poll(() => looks.some(url => url.includes(`api/${list}`))).toBe(true);
    }
    expect(looks.filter(url => !url.includes('no_track_activity=1'))).toEqual([]);
  });

  test('a space that settles out of sight is told', async ({ lab }) => {
    const place = { domain_id: 'd-abcdefghijkl', space_name: 'desk' };
    const app = { ...place, app_type: 'JupyterLab', app_name: 'default', resource_spec: {} };
    let status = 'Pending';
    await lab.page.route('**/api/studio/apps/existing*', route =>
      route.fulfill({ json: { apps: [{ ...app, status }], next_token: null } })
    );
    const look = lab.page.waitForResponse(/api\/studio\/apps\/existing/);
    await lab.openPanel('s3');
    await look;
    status = 'InService';
    const toast = lab.page.locator('.jp-toast-message', { hasText: 'Studio space desk: Running' });
    await expect(toast).toBeVisible({ timeout: 15_000 });
  });
});

test('sections that the administrator switched off are not there', async ({ lab }) => {
  const answered = await lab.api('GET', 'admin-policy');
  const titles = lab.panel.locator('.jp-AccordionPanel-title');
  let off: string[] = ['jobs', 'iam'];
  await lab.page.route('**/api/admin-policy*', route =>
    route.fulfill({ json: { ...answered, source: '/etc/p.yaml', policy: { sections_off: off } } })
  );
  await lab.openPanel('studio');
  await expect(titles).toHaveText([/S3/, /Endpoints/, /Studio/]);
  const admin = lab.panel.getByRole('region', { name: 'Set by your admin' });
  await expect(admin).toContainText('Training, IAM');
  await lab.expectAccessible('#jp-smext-panel');

  off = ['studio'];
  await lab.execute('smext:studio-refresh');
  await expect(titles).toHaveText([/S3/, /Training/, /Tuning/, /Endpoints/, /IAM/, /Studio/]);
  await expect(admin).toContainText('Studio');
  await expect(lab.panel.getByRole('region', { name: 'Domains' })).toBeHidden();
});
