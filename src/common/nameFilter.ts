/**
 * Whether the name of a job or an endpoint can hold a text. AWS refuses to be asked for any other.
 *
 * `NameContains` of https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html
 */
export function canBeInName(text: string): boolean {
  return /^[a-zA-Z0-9-]{0,63}$/.test(text);
}
