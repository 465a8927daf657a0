/** What channels are called, in the order in which they are added. */
const CHANNELS = ['train', 'validation', 'test'];

/** A name for one more channel. */
export function channelName(taken: readonly unknown[]): string {
  const free = CHANNELS.find(each => !taken.includes(each));
  let number = CHANNELS.length + 1;
  while (taken.includes(`channel-${number}`)) {
    number++;
  }
  return free ?? `channel-${number}`;
}

/** What a new document begins with: a scikit-learn script, and comments where a person has to decide. */
export function newSpec(name: string, entryScript: string, channelUri?: string): string {
  const channels = channelUri
    ? `
    - channel_name: ${channelName([])}
      s3_uri: ${JSON.stringify(channelUri)}`
    : ' []';
  return `api_version: smext/v1
kind: TrainingJob
metadata:
  base_job_name: ${name}
spec:
  algorithm:
    framework:
      name: sklearn
      version: '1.2-1'
  source_code:
    # Everything in this folder is packed and sent with the script.
    source_dir: .
    entry_script: ${JSON.stringify(entryScript)}
  hyperparameters: {}
  input_data_config:${channels}
  compute:
    instance_type: ml.m5.large
    instance_count: 1
  stopping_condition:
    # What is paid for at most.
    max_runtime_in_seconds: 3600
`;
}
