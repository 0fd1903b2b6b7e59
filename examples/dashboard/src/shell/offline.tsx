import {Button} from '../components/button';
import {Icon} from '../components/icon';
import {link, retryNow} from '../live/live';
import {useSignal} from '../store/signal';

/** Says that what is shown may be old, for as long as it may be. */
export function Offline() {
  const now = useSignal(link);
  return (
    <div role="status" aria-live="polite">
      {now.state === 'offline' && (
        <div class="offline">
          <Icon name="alert" />
          <p><strong>No connection.</strong> What you see may be out of date. Trying again by itself…</p>
          <Button small onClick={retryNow}>Try now</Button>
        </div>
      )}
    </div>
  );
}
