import type {ComponentChildren} from 'preact';
import {useEffect, useId, useRef} from 'preact/hooks';
import {Button} from './button';
import {useUnsaved} from '../unsaved';
import {mayGiveUp} from './confirm';

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** The buttons at its end. */
  actions?: ComponentChildren;
  wide?: boolean;
  /** Something is entered in it: it is not closed by Escape, or beside it, nor left by Back or a reload, without a question. */
  isEntered?: boolean;
}

const kDoubleClick = 700;

/** A modal dialog, open as long as it is drawn. The browser keeps the focus in it and gives it back. */
export function Dialog({title, onClose, children, actions, wide, isEntered = false}: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const openedUntil = useRef(-Infinity);
  // The second click of the double click that has opened it is meant for nothing in it, nor beside it.
  const unlessOfOpening = (event: MouseEvent) => {
    if (event.detail < 2 || performance.now() > openedUntil.current) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const forget = useUnsaved(isEntered);
  const slip = async () => {
    if (isEntered && !await mayGiveUp()) return;
    forget();
    onClose();
  };
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    openedUntil.current = performance.now() + kDoubleClick;
    window.getSelection()?.removeAllRanges();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class={wide ? 'dialog dialog-wide' : 'dialog'} aria-labelledby={titleId}
            onMouseDownCapture={unlessOfOpening} onClickCapture={unlessOfOpening}
            onCancel={(event) => {
              event.preventDefault();
              void slip();
            }}
            onKeyDown={(event) => {
              // By itself a browser closes it at the second Escape, whatever is said to onCancel.
              if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
              event.stopPropagation();
              if (isSearch(event.target)) return;
              event.preventDefault();
              void slip();
            }}
            onClick={(event) => {
              if (event.target === dialog.current) void slip();  // The backdrop.
            }}>
      <div class="dialog-box">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <Button kind="quiet" icon="close" label="Close" onClick={() => void slip()} />
        </header>
        <div class="dialog-body">{children}</div>
        {actions && <footer class="dialog-actions">{actions}</footer>}
      </div>
    </dialog>
  );
}

/** A search that is not empty: Escape empties it. */
const isSearch = (target: EventTarget | null): boolean => target instanceof HTMLInputElement && target.type === 'search' && target.value !== '';
