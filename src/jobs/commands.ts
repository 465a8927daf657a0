/** Commands of the jobs room. Those about one job take `{ training_job_name }`. */
export namespace CommandIDs {
  export const open = 'smext:job-open';
  export const stop = 'smext:job-stop';
  export const again = 'smext:job-launch-again';
  export const show = 'smext:jobs-show';
  export const copyName = 'smext:job-copy-name';
  export const refresh = 'smext:jobs-refresh';
}
