interface IModel {
  set active(active: boolean);
  dispose(): void;
}

/** One holder's hold on a model that others may hold, too. */
export interface IHold<M> {
  readonly model: M;
  /** Whether this holder looks; the model is active as long as one of them does. */
  set active(active: boolean);
  release(): void;
}

/** Models that are looked at in many places, one for each key: what twenty widgets show is asked for once. */
export class SharedModels<M extends IModel> {
  constructor(private readonly _make: (key: string) => M) {}

  hold(key: string): IHold<M> {
    const entry = this._entries.get(key) ?? { model: this._make(key), holders: 0, lookers: 0 };
    this._entries.set(key, entry);
    entry.holders += 1;
    let looks = false;
    const look = (active: boolean): void => {
      if (active !== looks) {
        looks = active;
        entry.lookers += active ? 1 : -1;
        entry.model.active = entry.lookers > 0;
      }
    };
    return {
      model: entry.model,
      set active(active: boolean) {
        look(active);
      },
      release: () => {
        look(false);
        entry.holders -= 1;
        if (entry.holders === 0) {
          this._entries.delete(key);
          entry.model.dispose();
        }
      }
    };
  }

  private readonly _entries = new Map<string, { model: M; holders: number; lookers: number }>();
}
