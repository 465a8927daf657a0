import { UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { SmextError } from '../../api/client';
import type { Catalog } from '../../api/types';
import { ErrorView } from '../../common/errorView';
import { LoadingView } from '../../common/stateView';
import { EstimatorForm } from '../../estimators/form';
import { EstimatorModel } from '../../estimators/model';
import { priceText } from '../../estimators/priceView';
import { EstimatorsService, SPEC_KINDS, type SpecKind } from '../../estimators/service';
import { readSchema } from '../../estimators/specSchema';
import { SpecText } from '../../estimators/specText';
import { CommandIDs as S3Commands } from '../../s3/commandIds';
import type { ContentFactory } from './content';

/** `EstimatorForm`: the form of an Estimator, whose text is a trait instead of a file. */
export const estimatorForm: ContentFactory = (traits, { smext, commands, trans }) => {
  const service = new EstimatorsService(smext.api);
  const owner = {};
  const changed = new Signal<object, void>(owner);
  const textChanged = new Signal<object, void>(owner);
  const source = {
    get text(): string {
      return traits.get<string>('text');
    },
    changed: textChanged,
    replace: (text: string) => traits.set({ text })
  };
  let model: EstimatorModel | null = null;
  let catalog: Catalog | null = null;
  let error: SmextError | null = null;
  let kind: SpecKind | null = null;

  const kindNow = (): SpecKind => {
    const values = new SpecText(source.text).values as { kind?: unknown } | null;
    return SPEC_KINDS.find(each => each === values?.kind) ?? kind ?? SPEC_KINDS[0];
  };
  const load = async (): Promise<void> => {
    const wanted = (kind = kindNow());
    try {
      await smext.ready;
      const schema = readSchema(await service.schema(wanted));
      if (wanted !== kind) {
        return;
      }
      model?.dispose();
      model = new EstimatorModel({ source, service, schema });
      const made = model;
      made.changed.connect(() => {
        traits.set({ valid: made.valid, problems: made.problems });
        changed.emit();
      });
      error = null;
      catalog ??= await service.catalog().catch(() => null);
    } catch (reason) {
      error = SmextError.from(reason);
    }
    changed.emit();
  };
  traits.onChange(['text'], () => {
    textChanged.emit();
    if (kind && kindNow() !== kind) {
      void load();
    }
  });

  const View = (): React.ReactElement => {
    const idPrefix = React.useId();
    const problem = smext.problem ?? error;
    if (problem) {
      return <ErrorView error={problem} onRetry={() => void load()} trans={trans} />;
    }
    if (!model) {
      return <LoadingView trans={trans} />;
    }
    if (!model.spec.values) {
      return (
        <div className="jp-smext-EstimatorForm-state" role="alert">
          {trans.__('The text cannot be read as YAML')}
        </div>
      );
    }
    return (
      <>
        <div className="jp-smext-Editor-form">
          <EstimatorForm
            model={model}
            service={service}
            catalog={catalog}
            trans={trans}
            idPrefix={idPrefix}
            openS3={
              commands.hasCommand(S3Commands.open)
                ? uri => void commands.execute(S3Commands.open, { uri })
                : null
            }
            pickS3={
              commands.hasCommand(S3Commands.pick)
                ? start =>
                    commands.execute(S3Commands.pick, {
                      uri: start,
                      title: trans.__('Choose a channel')
                    })
                : null
            }
            readOnly={false}
            target={null}
            onTargetMissing={() => undefined}
          />
        </div>
        <div className="jp-smext-EstimatorForm-state" role="status">
          {model.problems.length > 0
            ? trans._n('%1 problem', '%1 problems', model.problems.length)
            : priceText(model.price, trans)}
        </div>
      </>
    );
  };

  return {
    view: () => (
      <UseSignal signal={smext.problemChanged}>
        {() => <UseSignal signal={changed}>{() => <View />}</UseSignal>}
      </UseSignal>
    ),
    set active(active: boolean) {
      if (active && kind === null) {
        void load();
      }
    },
    dispose: () => {
      model?.dispose();
      Signal.clearData(owner);
    }
  };
};
