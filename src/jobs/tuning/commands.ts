/** Commands of tuning jobs. Those about one take `{ hyper_parameter_tuning_job_name }`. */
export namespace CommandIDs {
  export const open = 'smext:open-tuning-job';
  export const stop = 'smext:stop-tuning-job';
  export const show = 'smext:show-tuning-jobs';
  export const copyName = 'smext:copy-tuning-job-name';
  export const refresh = 'smext:refresh-tuning-jobs';
}
