import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { CommandIDs as EndpointCommands } from '../../endpoints/commands';
import { CommandIDs as IamCommands } from '../../iam/commands';
import { allowOne, asText } from '../../iam/statement';
import { CommandIDs as JobCommands } from '../../jobs/commands';
import { CommandIDs as S3Commands } from '../../s3/commandIds';
import type { IHelp } from './help';

/** What can be done about an error by a click: a command of the room that knows how. */
export interface IRemedy {
  label: string;
  caption: string;
  command: string;
  args: ReadonlyJSONObject;
}

/** What can be done about an error, the most telling first. */
export function remediesFor(help: IHelp, trans: TranslationBundle): IRemedy[] {
  return [
    ...openFailed(help, trans),
    ...askDoctor(help, trans),
    ...checkCredentials(help, trans),
    ...showInS3(help, trans)
  ];
}

function openFailed({ failed }: IHelp, trans: TranslationBundle): IRemedy[] {
  if (failed?.name && failed.kind === 'training job') {
    return [
      {
        label: trans.__('Open job'),
        caption: trans.__('Status, log, metrics and artifacts of %1', failed.name),
        command: JobCommands.open,
        args: { training_job_name: failed.name }
      }
    ];
  }
  if (failed?.name && failed.kind === 'endpoint') {
    return [
      {
        label: trans.__('Open endpoint'),
        caption: trans.__('Status and variants of %1', failed.name),
        command: EndpointCommands.open,
        args: { endpoint_name: failed.name }
      }
    ];
  }
  return [];
}

function askDoctor(help: IHelp, trans: TranslationBundle): IRemedy[] {
  const { action, allow_can_help, code, message, operation, principal, resource } = help;
  if (code !== 'AccessDenied' && !action) {
    return [];
  }
  const known = Object.entries({ operation, action, resource, principal });
  const why: IRemedy = {
    label: trans.__('Why?'),
    caption: trans.__('Which policy decided, and who can mend it'),
    command: IamCommands.explain,
    args: {
      text: message,
      ...Object.fromEntries(known.filter((each): each is [string, string] => Boolean(each[1])))
    }
  };
  if (!action || !resource || allow_can_help === false) {
    return [why];
  }
  const fix: IRemedy = {
    label: trans.__('Write the statement'),
    caption: trans.__('A policy that allows %1 on %2, to check and to hand over', action, resource),
    command: IamCommands.policy,
    args: { text: asText(allowOne(action, resource)), use: 'identity' }
  };
  return [why, fix];
}

function checkCredentials({ code }: IHelp, trans: TranslationBundle): IRemedy[] {
  return code === 'CredentialsMissing' || code === 'CredentialsExpired'
    ? [
        {
          label: trans.__('Who am I?'),
          caption: trans.__('The identity that the Jupyter server has for AWS, asked again'),
          command: 'smext:open-panel',
          args: { section: 'iam' }
        }
      ]
    : [];
}

/** The bucket of another region, or what lies around an object that does not exist. */
function showInS3({ code, resource }: IHelp, trans: TranslationBundle): IRemedy[] {
  const found = /^arn:[\w-]+:s3:::([^/]+)(?:\/(.*))?$/s.exec(resource ?? '');
  if (!found || (code !== 'NotFound' && code !== 'WrongRegion')) {
    return [];
  }
  const [, bucket, key = ''] = found;
  const uri = `s3://${bucket}/${key.slice(0, key.lastIndexOf('/') + 1)}`;
  return [
    {
      label: trans.__('Open in S3'),
      caption: trans.__('Show %1', uri),
      command: S3Commands.open,
      args: { uri }
    }
  ];
}
