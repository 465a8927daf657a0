import { fileIcon, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ErrorView } from '../../common/errorView';
import { S3List } from '../../s3/list';
import { uriOf } from '../../s3/location';
import { S3BrowserModel } from '../../s3/model';
import { chosenUri } from '../../s3/pick';
import { PlacesModel } from '../../s3/places/model';
import { PlacesService } from '../../s3/places/service';
import { S3Service } from '../../s3/service';
import { targetsOf, targetUri } from '../../s3/target';
import type { ContentFactory } from './content';

/** `S3Picker`: the panel's list of a place in S3, to pick from. */
export const s3Picker: ContentFactory = (traits, { smext, docRegistry, trans }) => {
  const places = new PlacesModel(new PlacesService(smext.api));
  const model = new S3BrowserModel(new S3Service(smext.api), places);
  let hasBegun = false;

  model.changed.connect(() => {
    if (model.loading) {
      return;
    }
    traits.set({
      prefix: uriOf(model.location) || 's3://',
      selected: targetsOf(model.selected, model.location).map(targetUri),
      uri: chosenUri(model) ?? ''
    });
  });
  const go = (): void => {
    const prefix = traits.get<string>('prefix');
    if (hasBegun && prefix !== (uriOf(model.location) || 's3://')) {
      void model.openText(prefix).catch(() => model.open(null));
    }
  };
  traits.onChange(['prefix'], go);
  const begin = async (): Promise<void> => {
    await smext.ready;
    if (!hasBegun) {
      hasBegun = true;
      void places.load();
      await model.openText(traits.get<string>('prefix')).catch(() => model.open(null));
    }
  };

  const View = (): React.ReactElement => {
    const [editing, setEditing] = React.useState(false);
    return (
      <UseSignal signal={smext.problemChanged}>
        {() =>
          smext.problem ? (
            <ErrorView error={smext.problem} onRetry={() => void smext.check()} trans={trans} />
          ) : (
            <S3List
              model={model}
              iconOf={name => docRegistry.getFileTypesForPath(name)[0]?.icon ?? fileIcon}
              editingPath={editing}
              suggestions={() => [...places.pinned, ...places.recent].map(each => each.uri)}
              onEditPath={setEditing}
              onOpenObject={() => undefined}
              trans={trans}
            />
          )
        }
      </UseSignal>
    );
  };

  return {
    view: () => <View />,
    set active(active: boolean) {
      if (active) {
        void begin();
      }
    },
    dispose: () => model.dispose()
  };
};
