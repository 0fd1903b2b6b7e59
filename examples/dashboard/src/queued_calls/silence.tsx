import type {ComponentChildren} from 'preact';
import type {Call} from '../api/types';
import {Icon} from '../components/icon';
import {Moment} from '../components/moment';
import {duration} from '../format';
import {now} from '../store/now';
import {useSelected} from '../store/signal';
import {silenceOf} from './silent_for';

/** For how long nothing has been heard of it, in words; empty: not for long. */
function useSilence(call: Call | undefined, deadline: number | undefined): string {
  return useSelected(now, (at) => {
    const seconds = call ? silenceOf(call, deadline, at) : null;
    return seconds === null ? '' : duration(60 * Math.floor(seconds / 60)).replace(' 00 s', '');
  });
}

/** Says so: the server that had the call may have gone. Its place is held until the deadline. `children`: what one can do. */
export function Silence({call, deadline, children}: {call: Call; deadline: number | undefined; children?: ComponentChildren}) {
  const text = useSilence(call, deadline);
  if (!text || !call.lease_expires_at) return null;
  return (
    <>
      <p class="silence muted">
        <Icon name="alert" size={16} />
        <span>Nothing was heard of it for {text}. If that stays so its place is free <Moment at={call.lease_expires_at} />.</span>
      </p>
      {children}
    </>
  );
}

/** The same in a row of a table; `children` where there is news. */
export function SilenceInRow({call, deadline, children}: {call: Call | undefined; deadline: number | undefined; children?: ComponentChildren}) {
  const text = useSilence(call, deadline);
  if (!text || !call?.lease_expires_at) return <>{children}</>;
  return <span class="two-lines">Nothing heard for {text}<span class="silence-until">, place free <Moment at={call.lease_expires_at} /></span></span>;
}
