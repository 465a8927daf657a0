import type { APIRequestContext, Locator } from '@playwright/test';
import { type IServer, startServer } from '../globalSetup';
import { expect, Lab, test as base, THEMES } from '../lab';
import { ended, launch } from '../sagemaker';

/** The policy of a tutorial, with the defects that it has there. */
const TUTORIAL_POLICY = `{
	"Version": "2012-10-17",
	"Statement": [
		{
			"Action": [
				"s3:ListBucket"
			],
			"Effect": "Allow",
			"Resource": [
				"arn:aws:s3:::SageMaker",
				"*"
			]
		},
		{
			"Action": [
				"s3:GetObject",
				"s3:PutObject",
				"s3:DeleteObject"
			],
			"Effect": "Allow",
			"Resource": [
				"arn:aws:s3:::SageMaker/*",
				"arn:aws:s3:::{bucket_name}/*",
			]
		}
	]
}
`;

const REFUSAL =
  'botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the ListObjectsV2 operation: ' +
  'User: arn:aws:sts::123456789012:assumed-role/SomeRole/me is not authorized to perform: s3:ListBucket on ' +
  'resource: "arn:aws:s3:::their-bucket" because no identity-based policy allows the s3:ListBucket action';

const ROLE = 'SageMakerSandboxRole';

/** A JupyterLab whose sandbox lets policies decide. */
const test = base.extend<{ refusing: Lab }, { enforcing: IServer }>({
  enforcing: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs
    async ({}, use) => {
      const { server, stop } = await startServer('--enforce-iam');
      await use(server);
      await stop();
    },
    { scope: 'worker', timeout: 120_000 }
  ],
  refusing: async ({ page, enforcing }, use) => {
    await allowOnly(page.request, enforcing, [
      'iam:*',
      'sts:*',
      's3:ListAllMyBuckets',
      's3:CreateBucket'
    ]);
    const lab = new Lab(page, enforcing);
    await lab.load();
    await lab.settle();
    await use(lab);
  }
});

/** Call IAM as the server does. The sandbox reads who calls from the header and checks no signature. */
async function iam(
  request: APIRequestContext,
  server: IServer,
  form: Record<string, string>
): Promise<void> {
  const key = server.sandbox.env.AWS_ACCESS_KEY_ID;
  const response = await request.post(server.sandbox.endpoint_url, {
    headers: {
      Authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0`
    },
    form: { Version: '2010-05-08', RoleName: ROLE, ...form }
  });
  if (!response.ok() && response.status() !== 404) {
    throw new Error(`${form.Action}: ${response.status()} ${await response.text()}`);
  }
}

/** Take from the role all that it may but these actions, and these on the objects of a bucket. */
async function allowOnly(
  request: APIRequestContext,
  server: IServer,
  actions: string[],
  bucket?: string
): Promise<void> {
  const Statement = [
    { Effect: 'Allow', Action: actions, Resource: '*' },
    ...(bucket
      ? [{ Effect: 'Deny', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` }]
      : [])
  ];
  await iam(request, server, {
    Action: 'PutRolePolicy',
    PolicyName: 'base',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement })
  });
  await iam(request, server, {
    Action: 'DetachRolePolicy',
    PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess'
  });
}

function tab(lab: Lab): Locator {
  return lab.page.locator('.jp-smext-Iam:visible');
}

function button(lab: Lab, name: string): Locator {
  return tab(lab).getByRole('button', { name, exact: true });
}

test('explains a pasted error, and comes back after a reload', async ({ lab }) => {
  await lab.openPanel('iam');
  await lab.panel.getByRole('button', { name: 'Explain an error…' }).click();
  await tab(lab).getByRole('textbox').fill(REFUSAL);
  await lab.page.keyboard.press('Control+Enter');
  const explained = tab(lab).locator('.jp-smext-Explained');
  await expect(explained).toContainText('A permission is missing');
  for (const fact of [
    's3:ListBucket',
    'arn:aws:s3:::their-bucket',
    'SomeRole',
    'An Allow can help'
  ]) {
    await expect(explained).toContainText(fact);
  }
  await button(lab, 'Generate the missing statement').click();
  await expect(tab(lab).getByLabel('Missing statement', { exact: true })).toContainText(
    '"s3:ListBucket"'
  );
  // The role of the error is the one that the policy is for.
  await expect(tab(lab).getByLabel('Role')).toHaveValue('arn:aws:iam::123456789012:role/SomeRole');
  await button(lab, 'Admin packet').click();
  const packet = tab(lab).getByRole('region', { name: 'Admin packet' });
  await packet.getByRole('tab', { name: 'Terraform' }).click();
  await expect(packet.getByLabel('Terraform', { exact: true }).first()).toContainText(
    'resource "aws_iam'
  );

  await lab.reload();
  await expect(explained).toContainText('their-bucket', { timeout: 20_000 });
  await tab(lab)
    .getByRole('textbox')
    .fill('Could not connect to the endpoint URL: "https://s3.eu-west-9.amazonaws.com/"');
  await expect(explained).toBeHidden();
  await button(lab, 'Explain').click();
  await expect(explained).toContainText('Not permissions');
  await expect(button(lab, 'Generate the missing statement')).toBeHidden();
});

test('finds and repairs every defect of a policy', async ({ lab }) => {
  const bucket = await lab.bucketWith({});
  await lab.execute('smext:iam-policy', { text: TUTORIAL_POLICY });
  const findings = tab(lab).getByRole('list', { name: 'Findings' }).getByRole('listitem');
  for (const code of ['bucket-name', 'wildcard-resource', 'placeholder', 'json-trailing-comma']) {
    await expect(findings.and(lab.page.locator(`[data-code="${code}"]`)).first()).toBeVisible();
  }
  await findings.filter({ hasText: '{bucket_name}' }).getByRole('button').click();
  expect(await lab.page.evaluate(() => window.getSelection()?.toString())).toBe(
    '"arn:aws:s3:::{bucket_name}/*"'
  );
  await tab(lab).getByLabel('The placeholder stands for').selectOption(bucket);
  await expect(tab(lab).getByLabel('Repaired policy', { exact: true })).toContainText(
    `arn:aws:s3:::${bucket}/*`
  );
  await button(lab, 'Repair').click();
  await expect(tab(lab).getByText('No comma may stand')).toBeHidden();
  await expect(findings.and(lab.page.locator('[data-severity="error"]'))).toHaveCount(0);

  await tab(lab).getByRole('tab', { name: 'What if' }).click();
  await tab(lab).getByLabel('Resource').fill(`arn:aws:s3:::${bucket}/key`);
  await button(lab, 'Decide').click();
  const verdicts = tab(lab).locator('.jp-smext-WhatIf');
  await expect(verdicts).toContainText('With what countsAllowed');
  await tab(lab).getByRole('checkbox').last().uncheck();
  await expect(verdicts).toContainText('With what countsDenied');
  await tab(lab).getByRole('checkbox').last().check();
  await expect(verdicts).toContainText('With what countsAllowed');
  await tab(lab)
    .getByLabel('Boundary')
    .fill(
      '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", ' +
        '"Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}}'
    );
  await button(lab, 'Decide').click();
  await expect(verdicts).toContainText('the value of aws:RequestedRegion in the request');
  await tab(lab).getByLabel('Context').fill('aws:RequestedRegion=us-east-1');
  await button(lab, 'Decide').click();
  await expect(verdicts).toContainText('With what countsDenied');
  await tab(lab).getByLabel('The boundary', { exact: true }).uncheck();
  await expect(verdicts).toContainText('With all of itDenied');
  await expect(verdicts).toContainText('With what countsAllowed');

  await tab(lab)
    .getByRole('tab', { name: /^Findings/ })
    .click();
  await button(lab, 'Ask AWS').click();
  await expect(tab(lab).getByRole('region', { name: 'Access Analyzer' })).toContainText(
    /Not asked|AWS found/
  );
});

test('shows what Access Analyzer finds, and where', async ({ lab }) => {
  // The sandbox stands in for no Access Analyzer: this is an answer of AWS to this policy.
  const findings = [
    {
      code: 'PASS_ROLE_WITH_STAR_IN_RESOURCE',
      severity: 'warning',
      line: 1,
      column: 85,
      message:
        'Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive.'
    }
  ];
  await lab.page.route('**/jupyter-smext/api/iam/validate*', route =>
    route.fulfill({ json: { ran: true, findings, reason: null, action: null } })
  );
  await lab.execute('smext:iam-policy', {
    text: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}}'
  });
  await button(lab, 'Ask AWS').click();
  const analyzer = tab(lab).getByRole('region', { name: 'Access Analyzer' });
  const finding = analyzer.getByRole('list').getByRole('button', { name: /iam:PassRole/ });
  await expect(finding).toContainText('Warning');
  await expect(finding).toContainText('Line 1, column 85');
  await lab.expectAccessible('.jp-smext-Policy');
  await finding.click();
  await expect(tab(lab).locator('.cm-content')).toBeFocused();
  await lab.page.keyboard.press('Shift+End');
  expect(await lab.page.evaluate(() => window.getSelection()?.toString())).toMatch(/\*"?}}$/);

  // Of another text it has said nothing.
  await lab.page.keyboard.press('Delete');
  await expect(finding).toBeHidden();
});

test('hands a policy over, or attaches a managed one', async ({ refusing }) => {
  test.setTimeout(90_000);
  const lab = refusing;
  await lab.execute('smext:iam-policy', {
    text: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data-lake/*"}]}'
  });
  await tab(lab).getByRole('tab', { name: 'Apply' }).click();
  await button(lab, 'Admin packet').click();
  const packet = tab(lab).getByRole('region', { name: 'Admin packet' });
  await expect(packet).toContainText('Policy of the role', { timeout: 20_000 });
  await expect(packet).toContainText('arn:aws:s3:::data-lake/*');

  const arn = tab(lab).getByLabel('Or a managed policy');
  await arn.fill('arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess');
  await button(lab, 'Attach…').click();
  const dialog = lab.page.getByRole('dialog');
  await expect(dialog).toContainText('AmazonS3ReadOnlyAccess is attached', { timeout: 20_000 });
  await dialog.getByLabel(/Type the name/).fill(ROLE);
  await dialog.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(tab(lab).getByText(`Applied to ${ROLE}`)).toBeVisible({ timeout: 20_000 });
  await button(lab, 'Undo').click();
  await expect(tab(lab).getByText(`Taken back from ${ROLE}`)).toBeVisible({ timeout: 20_000 });
});

test('opens a denied bucket by what the doctor wrote, and takes it back', async ({ refusing }) => {
  test.setTimeout(120_000);
  const lab = refusing;
  const bucket = await lab.bucketWith({});
  await lab.openPanel('s3');
  await lab.onlySection('S3');
  await lab.execute('smext:s3-open', { uri: `s3://${bucket}/` });
  const denied = lab.page.locator('.jp-smext-ErrorView[data-code="AccessDenied"]:visible').first();
  await denied.getByRole('button', { name: 'Why?' }).click();
  await button(lab, 'Generate the missing statement').click();
  const dialog = lab.page.getByRole('dialog');
  // What is known of the role comes in meanwhile, and moves the button.
  await expect(async () => {
    if (await dialog.isHidden()) {
      await button(lab, 'Apply…').click({ timeout: 2000 });
    }
    await expect(dialog).toContainText('+', { timeout: 5000 });
  }).toPass();
  await expect(dialog).toContainText(`arn:aws:s3:::${bucket}`);
  const apply = dialog.getByRole('button', { name: 'Apply', exact: true });
  await expect(apply).toBeDisabled();
  await dialog.getByLabel(/Type the name/).fill(ROLE.toLowerCase());
  await expect(apply).toBeDisabled();
  await dialog.getByLabel(/Type the name/).fill(ROLE);
  await apply.click();
  await expect(tab(lab).getByText(`Applied to ${ROLE}`)).toBeVisible({ timeout: 20_000 });
  await expect(tab(lab).getByText('AWS may answer as before')).toBeVisible();

  await denied.getByRole('button', { name: 'Try again' }).click();
  await expect(denied).toBeHidden();

  await button(lab, 'Undo').click();
  await expect(tab(lab).getByText(`Taken back from ${ROLE}`)).toBeVisible({ timeout: 20_000 });
  await expect(lab.api('POST', 's3/objects/list', { bucket, prefix: '' })).rejects.toThrow('403');
});

test('explains why a job failed that may not read its data', async ({ refusing }) => {
  test.setTimeout(90_000);
  const lab = refusing;
  await allowOnly(lab.page.request, lab.server, ['*']);
  const bucket = await lab.bucketWith({ 'data/rows.csv': '1,2' });
  await allowOnly(lab.page.request, lab.server, ['*'], bucket);
  const { name } = await launch(
    lab,
    'print("never reached")',
    'denied',
    `  input_data_config:
    - channel_name: train
      s3_uri: s3://${bucket}/data/
`
  );
  await ended(lab, name);
  await lab.execute('smext:job-open', { training_job_name: name });
  const failure = lab.page.locator('.jp-smext-Job:visible').getByRole('alert');
  await expect(failure).toContainText('Data download failed');
  await failure.getByRole('button', { name: 'Why?' }).click();
  const explained = tab(lab).locator('.jp-smext-Explained');
  await expect(explained).toContainText('A permission is missing');
  for (const fact of ['s3:GetObject', `arn:aws:s3:::${bucket}/data/rows.csv`, ROLE, 'a Deny in']) {
    await expect(explained).toContainText(fact);
  }
});

test('names all that a launch is missing, ready to hand over', async ({ refusing }) => {
  test.setTimeout(90_000);
  const lab = refusing;
  const role = `arn:aws:iam::123456789012:role/${ROLE}`;
  const request = {
    TrainingJobName: 'job',
    AlgorithmSpecification: {
      TrainingImage: '123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1',
      TrainingInputMode: 'File'
    },
    RoleArn: role,
    OutputDataConfig: { S3OutputPath: 's3://somewhere/out/' },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 }
  };
  await lab.execute('smext:iam-preflight', {
    operation: 'CreateTrainingJob',
    request: JSON.stringify(request)
  });
  await button(lab, 'Check').click();
  const table = tab(lab).getByRole('table');
  for (const action of [
    'sagemaker:CreateTrainingJob',
    'ecr:GetAuthorizationToken',
    'logs:PutLogEvents'
  ]) {
    const row = table.getByRole('row').filter({ hasText: action }).first();
    await expect(row).toContainText(/[Dd]enied/, { timeout: 20_000 });
  }
  const mine = tab(lab).locator('[data-subject="caller"]');
  await expect(mine).toContainText('sagemaker:CreateTrainingJob');
  const theirs = tab(lab).locator('[data-subject="execution_role"]');
  await expect(theirs).toContainText('ecr:GetAuthorizationToken');
  await expect(theirs).toContainText('logs:PutLogEvents');
  await theirs.getByRole('button', { name: 'Admin packet' }).click();
  const packet = theirs.getByRole('region', { name: 'Admin packet' });
  await expect(packet).toContainText('Policy of the role');
  await packet.getByRole('tab', { name: 'CLI' }).first().click();
  await expect(packet).toContainText('aws iam put-role-policy');

  await lab.reload();
  await expect(theirs).toContainText('logs:PutLogEvents', { timeout: 30_000 });
});

test('says who we are, and is accessible', async ({ lab }) => {
  test.setTimeout(90_000);
  await lab.openPanel('iam');
  await lab.onlySection('IAM');
  await expect(lab.panel.locator('.jp-smext-IamSection')).toContainText(`role/${ROLE}`, {
    timeout: 20_000
  });
  await lab.panel.getByRole('button', { name: 'AdministratorAccess' }).click();
  await expect(tab(lab).locator('.jp-smext-JsonEditor')).toContainText('"Effect": "Allow"');
  await lab.execute('smext:iam-explain', { text: REFUSAL });
  await button(lab, 'Generate the missing statement').click();
  for (const theme of THEMES) {
    await lab.setTheme(theme);
    await lab.execute('smext:iam-explain');
    await lab.expectAccessible('.jp-smext-Doctor');
    await lab.execute('smext:iam-policy');
    await lab.expectAccessible('.jp-smext-Policy');
    await lab.expectAccessible('.jp-smext-IamSection');
  }
});
