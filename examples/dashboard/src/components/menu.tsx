import {useId, useLayoutEffect, useRef, useState} from 'preact/hooks';
import {Button} from './button';
import {Icon, type IconName} from './icon';

export interface MenuItem {
  label: string;
  icon: IconName;
  onChoose: () => void;
  danger?: boolean;
}

/** Further actions behind a button. Arrow keys, Escape and a click elsewhere do what one expects. */
export function Menu({label, items}: {label: string; items: readonly MenuItem[]}) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  // At once: who presses Enter next means the first item.
  useLayoutEffect(() => {
    if (!isOpen) return;
    root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const onElsewhere = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', onElsewhere);
    document.addEventListener('focusin', onElsewhere);
    return () => {
      document.removeEventListener('pointerdown', onElsewhere);
      document.removeEventListener('focusin', onElsewhere);
    };
  }, [isOpen]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
      return;
    }
    const all = [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1}[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  };
  if (items.length === 0) return null;
  return (
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <Button kind="quiet" icon="more" label={label} buttonRef={button} aria-haspopup="menu" aria-expanded={isOpen}
              aria-controls={isOpen ? id : undefined} onClick={() => setOpen(!isOpen)} />
      {isOpen && (
        <div class="menu-list" role="menu" id={id} aria-label={label}>
          {items.map((item) => (
            <button key={item.label} type="button" role="menuitem" tabIndex={-1}
                    class={item.danger ? 'menu-item is-danger' : 'menu-item'}
                    onClick={() => {
                      close();
                      item.onChoose();
                    }}>
              <Icon name={item.icon} />
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
