import * as React from 'react';
import { CommandIDs as EndpointCommands } from '../../endpoints/commands';
import { EndpointModel } from '../../endpoints/endpointModel';
import { EndpointView } from '../../endpoints/endpointView';
import { EndpointsService } from '../../endpoints/service';
import { CommandIDs as JobCommands } from '../../jobs/commands';
import { CommandIDs as S3Commands } from '../../s3/commandIds';
import { type ContentFactory, useTraits } from './content';

/** `EndpointTester`: one endpoint, as its tab shows it. */
export const endpointTester: ContentFactory = (traits, { smext, commands, trans }) => {
  const service = new EndpointsService(smext.api);
  let model: EndpointModel;
  let isActive = false;

  const takeDraft = (): void => {
    model.draft = {
      body: traits.get('payload'),
      content_type: traits.get('content_type'),
      accept: traits.get('accept')
    };
  };
  const tell = (): void => {
    const { body: payload, content_type, accept } = model.draft;
    traits.set({ payload, content_type, accept });
    if (model.endpoint) {
      traits.set({ status: model.endpoint.endpoint_status });
    }
    const result = model.calls[0]?.result;
    if (result) {
      traits.set({ response: result });
    }
  };
  const ask = (): void => {
    model = new EndpointModel(service, smext, traits.get('endpoint_name'));
    takeDraft();
    model.changed.connect(tell);
    model.active = isActive;
  };

  ask();
  traits.onChange(['endpoint_name'], () => {
    model.dispose();
    ask();
  });
  traits.onChange(['payload', 'content_type', 'accept'], takeDraft);

  const View = (): React.ReactElement => {
    useTraits(traits, ['endpoint_name']);
    return (
      <EndpointView
        key={model.name}
        model={model}
        trans={trans}
        onDelete={() =>
          void commands.execute(EndpointCommands.remove, { endpoint_name: model.name })
        }
        openJob={
          commands.hasCommand(JobCommands.open)
            ? job => void commands.execute(JobCommands.open, { training_job_name: job })
            : null
        }
        openS3={
          commands.hasCommand(S3Commands.open)
            ? uri => void commands.execute(S3Commands.open, { uri })
            : null
        }
      />
    );
  };

  return {
    view: () => <View />,
    set active(active: boolean) {
      isActive = active;
      model.active = active;
    },
    dispose: () => model.dispose()
  };
};
