/** Commands of the endpoints room. Those about one endpoint take `{ endpoint_name }`. */
export namespace CommandIDs {
  export const open = 'smext:endpoint-open';
  export const deploy = 'smext:endpoint-deploy';
  export const remove = 'smext:endpoint-delete';
  export const copyName = 'smext:endpoint-copy-name';
  export const refresh = 'smext:endpoints-refresh';
}
