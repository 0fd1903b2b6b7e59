import type {PageOf} from '../api/types';

/** Every row of a list that is handed out by pages, up to `most`. */
export async function allRows<Row>(load: (cursor: string, signal?: AbortSignal) => Promise<PageOf<Row>>, most: number,
                                   signal?: AbortSignal): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | null = ''; cursor !== null && rows.length < most;) {
    const page: PageOf<Row> = await load(cursor, signal);
    rows.push(...page.items);
    cursor = page.next_cursor;
  }
  return rows.slice(0, most);
}

/** Works at the items, a few at a time, in their order. */
export async function eachOf<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({length: Math.min(atOnce, items.length)}, worker));
}
