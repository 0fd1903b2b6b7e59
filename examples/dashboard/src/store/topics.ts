// What has changed, for those who have read it from the server and may want to read it again.

/** `queue`, `calls`, `limits`, `campaign:ID`, `campaigns`, or `everything` (something was missed). */
export type Topic = string;

const listeners = new Map<Topic, Set<() => void>>();

export function subscribe(topics: readonly Topic[], listener: () => void): () => void {
  const all = [...topics, 'everything'];
  for (const topic of all) {
    let set = listeners.get(topic);
    if (!set) listeners.set(topic, (set = new Set()));
    set.add(listener);
  }
  return () => {
    for (const topic of all) {
      const set = listeners.get(topic);
      set?.delete(listener);
      if (set?.size === 0) listeners.delete(topic);
    }
  };
}

export function publish(topic: Topic): void {
  for (const listener of [...(listeners.get(topic) ?? [])]) listener();
}
