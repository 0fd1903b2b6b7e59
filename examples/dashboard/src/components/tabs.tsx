import type {ComponentChildren} from 'preact';
import {useLayoutEffect, useRef} from 'preact/hooks';
import {number} from '../format';

export interface Tab<Key extends string> {
  key: Key;
  label: string;
  count?: number | undefined;
}

interface Props<Key extends string> {
  label: string;
  tabs: readonly Tab<Key>[];
  chosen: Key;
  onChoose: (key: Key) => void;
  children: ComponentChildren;
}

/** Tabs with the panel of the chosen one. Arrow keys go from one to the next. */
export function Tabs<Key extends string>({label, tabs, chosen, onChoose, children}: Props<Key>) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // In a narrow window they scroll sideways.
    const bar = list.current;
    const tab = bar?.querySelector<HTMLElement>('[aria-selected=true]');
    if (!bar || !tab) return;
    if (tab.offsetLeft + tab.offsetWidth > bar.scrollLeft + bar.clientWidth || tab.offsetLeft < bar.scrollLeft) {
      bar.scrollLeft = tab.offsetLeft - bar.clientWidth / 3;
    }
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.key === chosen);
    const steps: Record<string, number> = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1};
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    if (!tab) return;
    onChoose(tab.key);
    list.current?.querySelector<HTMLElement>(`#tab-${tab.key}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button key={tab.key} type="button" role="tab" id={`tab-${tab.key}`} aria-controls="tab-panel"
                  aria-selected={tab.key === chosen} tabIndex={tab.key === chosen ? 0 : -1}
                  class={tab.key === chosen ? 'tab is-chosen' : 'tab'} onClick={() => onChoose(tab.key)}>
            {tab.label}
            {tab.count !== undefined && <span class="tab-count">{number(tab.count)}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${chosen}`} class="tab-panel">{children}</div>
    </>
  );
}
