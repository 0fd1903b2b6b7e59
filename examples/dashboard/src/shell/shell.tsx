import type {ComponentChildren} from 'preact';
import {useEffect, useLayoutEffect, useRef} from 'preact/hooks';
import {forgetFailures} from '../components/toast';
import {here} from '../router';
import {useSelected} from '../store/signal';
import {Offline} from './offline';
import {Sidebar} from './sidebar';

export function Shell({children}: {children: ComponentChildren}) {
  const path = useSelected(here, (location) => location.path);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const screen = path.split('/').slice(0, 3).join('/');
  // Before it is painted: what is pressed on the new screen shall neither lose the focus nor its answer.
  useLayoutEffect(() => {
    // The second click of a double click marks what has come under the pointer.
    window.getSelection()?.removeAllRanges();
    // As a new page would: from its top, and with the focus there for those who hear it.
    if (!isFirst.current) {
      forgetFailures();
      window.scrollTo(0, 0);
      main.current?.focus({preventScroll: true});
    }
  }, [screen]);
  useEffect(() => {
    // A dialog that was open has kept the focus until it went.
    if (!isFirst.current && document.activeElement === document.body) main.current?.focus({preventScroll: true});
    isFirst.current = false;
  }, [screen]);
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        main.current?.focus();
      }}>Skip to content</a>
      <Sidebar />
      <div class="shell-content">
        <Offline />
        <main ref={main} id="main" tabIndex={-1}>{children}</main>
      </div>
    </div>
  );
}

/** A screen's heading, the page's title, and what one can do there. */
export function ScreenHead({title, above, children}: {
  title: string;
  above?: ComponentChildren;
  children?: ComponentChildren;
}) {
  useEffect(() => {
    document.title = `${title} · callqueue`;
  }, [title]);
  return (
    <header class="screen-head">
      <div class="screen-title">
        {above}
        <h1 title={title.length > 60 ? title : undefined}>{title}</h1>
      </div>
      {children && <div class="screen-actions">{children}</div>}
    </header>
  );
}
