import type {ComponentChildren, JSX, Ref} from 'preact';
import {Icon, type IconName} from './icon';

interface Look {
  kind?: 'primary' | 'plain' | 'danger' | 'quiet' | undefined;
  icon?: IconName | undefined;
  small?: boolean | undefined;
}

type Props = Look & {
  children?: ComponentChildren;
  /** Read aloud where there is only an icon. */
  label?: string;
  busy?: boolean;
  disabled?: boolean;
  type?: 'button' | 'submit';
  buttonRef?: Ref<HTMLButtonElement>;
  onClick?: (event: JSX.TargetedMouseEvent<HTMLButtonElement>) => void;
  autoFocus?: boolean;
} & Pick<JSX.AriaAttributes, 'aria-expanded' | 'aria-haspopup' | 'aria-controls' | 'aria-pressed'>;

const classOf = ({kind = 'plain', small}: Look, iconOnly: boolean) =>
  `button button-${kind}${small ? ' button-small' : ''}${iconOnly ? ' button-icon' : ''}`;

export function Button({children, label, kind, icon, small, busy, disabled, type = 'button', buttonRef, onClick, ...rest}: Props) {
  // One that is busy is not disabled: the focus would be lost.
  return (
    <button {...rest} ref={buttonRef ?? null} type={type} class={classOf({kind, small}, !children)} aria-label={label}
            title={children ? undefined : label} disabled={disabled} aria-disabled={busy || undefined} aria-busy={busy}
            onClick={(event) => {
              if (busy) event.preventDefault();
              else onClick?.(event);
            }}>
      {icon && <Icon name={icon} />}
      {children && <span>{children}</span>}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({href, children, kind, icon, small}: Look & {href: string; children: ComponentChildren}) {
  return (
    <a href={href} class={classOf({kind, small}, false)}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}
