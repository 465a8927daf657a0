import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { SmextError } from '../api/client';
import { DialogBody } from '../common/dialogBody';
import { Status } from '../common/status';
import type { S3Service } from './service';

interface IRule {
  holds(name: string): boolean;
  words: string;
}

/** Rules for names of general purpose buckets, https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function nameRules(trans: TranslationBundle): IRule[] {
  return [
    {
      holds: name => name.length >= 3 && name.length <= 63,
      words: trans.__('3 to 63 characters')
    },
    {
      holds: name => /^[a-z0-9.-]*$/.test(name),
      words: trans.__('lower-case letters, digits, hyphens and dots only')
    },
    {
      holds: name => /^[a-z0-9](.*[a-z0-9])?$/.test(name),
      words: trans.__('a letter or digit at the beginning and at the end')
    },
    {
      holds: name => !name.includes('..') && !/^\d+\.\d+\.\d+\.\d+$/.test(name),
      words: trans.__('no two dots in a row, and no IP address')
    },
    {
      holds: name =>
        !/^(xn--|sthree-|amzn-s3-demo-)/.test(name) &&
        !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name),
      words: trans.__('none of the beginnings and endings that AWS keeps for itself')
    }
  ];
}

/** Ask for a name and create the bucket. Answers the name, or null where the person gave up. */
export async function createBucket(
  service: S3Service,
  region: string | null,
  trans: TranslationBundle
): Promise<string | null> {
  let name = '';
  let problem: string | null = null;
  for (;;) {
    const { button, value } = await showDialog({
      title: trans.__('Create bucket'),
      body: new NameForm(name, problem, region, trans),
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Create') })],
      focusNodeSelector: 'input'
    });
    if (!button.accept) {
      return null;
    }
    name = value ?? '';
    const broken = nameRules(trans).find(rule => !rule.holds(name));
    if (broken) {
      problem = trans.__('The name does not follow the rule: %1.', broken.words);
      continue;
    }
    try {
      return (await service.createBucket(name)).name;
    } catch (reason) {
      const { message, hint } = SmextError.from(reason).envelope;
      problem = [message, hint].filter(each => each).join(' ');
    }
  }
}

class NameForm extends DialogBody implements Dialog.IBodyWidget<string> {
  constructor(
    private _name: string,
    private readonly _problem: string | null,
    private readonly _region: string | null,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-NameForm');
  }

  getValue(): string {
    return this._name;
  }

  protected render(): React.ReactElement {
    const trans = this._trans;
    return (
      <>
        <label>
          {trans.__('Name')}
          <input
            type="text"
            className="jp-mod-styled"
            spellCheck={false}
            autoComplete="off"
            maxLength={63}
            defaultValue={this._name}
            onChange={event => {
              this._name = event.target.value;
              this.update();
            }}
          />
        </label>
        {this._problem && <p role="alert">{this._problem}</p>}
        <ul aria-label={trans.__('Rules for the name')}>
          {nameRules(trans).map(rule => (
            <li key={rule.words}>
              <Status
                kind={this._name === '' ? 'waiting' : rule.holds(this._name) ? 'good' : 'bad'}
                word={rule.words}
              />
            </li>
          ))}
        </ul>
        <p>
          {this._region
            ? trans.__(
                'The bucket is created in %1. Names are shared by all AWS accounts.',
                this._region
              )
            : trans.__('Names are shared by all AWS accounts.')}
        </p>
        <p>
          {this._name.includes('sagemaker')
            ? trans.__(
                'The name contains “sagemaker”: roles with AmazonSageMakerFullAccess can read and write it.'
              )
            : trans.__(
                'Roles with AmazonSageMakerFullAccess can read and write a bucket only if its name contains “sagemaker”.'
              )}
        </p>
      </>
    );
  }
}
