/** Commands of the Studio room. Those about a space take `{ domain_id, space_name }`. */
export namespace CommandIDs {
  export const openDomain = 'smext:studio-open-domain';
  export const setUp = 'smext:studio-set-up';
  export const rollOut = 'smext:studio-roll-out';
  export const createProfile = 'smext:studio-create-profile';
  export const createSpace = 'smext:studio-create-space';
  export const changeSpace = 'smext:studio-change-space';
  export const startSpace = 'smext:studio-start-space';
  export const stopSpace = 'smext:studio-stop-space';
  export const openSpace = 'smext:studio-open-space';
  export const deleteSpace = 'smext:studio-delete-space';
  export const refresh = 'smext:studio-refresh';
}
