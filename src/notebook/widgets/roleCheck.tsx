import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { type ILaunch, PreflightModel } from '../../iam/preflightModel';
import { PreflightResultView } from '../../iam/preflightView';
import { IamService } from '../../iam/service';
import { WhoModel } from '../../iam/whoModel';
import type { ContentFactory } from './content';

/** `RoleCheck`: every permission that a launch needs. */
export const roleCheck: ContentFactory = (traits, { smext, trans }) => {
  const service = new IamService(smext.api);
  const who = new WhoModel(service, smext);
  const launch = (): ILaunch => {
    const operation = traits.get<string>('operation');
    return operation
      ? { source: 'request', path: '', operation, request: asJson('request') }
      : { source: 'file', path: traits.notebook, operation, request: '' };
  };
  const asJson = (name: string): string => JSON.stringify(traits.get(name));
  // JSON is YAML: the spec is read as if a file beside the notebook held it.
  const model = new PreflightModel(service, () => Promise.resolve(asJson('spec')), launch());
  let hasBegun = false;

  model.changed.connect(() => {
    if (model.report) {
      traits.set({ result: model.report });
    }
  });
  const check = async (refresh = false): Promise<void> => {
    await smext.ready;
    await model.check({ refresh });
  };
  traits.onChange(['spec', 'operation', 'request'], () => {
    model.launch = launch();
    void check();
  });

  const View = (): React.ReactElement => (
    <div className="jp-smext-RoleCheck">
      <PreflightResultView model={model} who={who} trans={trans} />
      <Button
        label={model.busy ? trans.__('Checking…') : trans.__('Check again')}
        disabled={model.busy}
        onClick={() => void check(true)}
      />
    </div>
  );

  return {
    view: () => (
      <UseSignal signal={smext.problemChanged}>
        {() =>
          smext.problem ? (
            <ErrorView error={smext.problem} onRetry={() => void smext.check()} trans={trans} />
          ) : (
            <UseSignal signal={model.changed}>{() => <View />}</UseSignal>
          )
        }
      </UseSignal>
    ),
    set active(active: boolean) {
      if (active && !hasBegun) {
        hasBegun = true;
        void check();
      }
    },
    dispose: () => model.dispose()
  };
};
