import {ButtonLink, Button} from '../../components/button';
import {Dialog} from '../../components/dialog';
import {Icon} from '../../components/icon';
import {counted, number, phone} from '../../format';
import {href} from '../../router';
import type {Queued} from './queueing';

const kShown = 200;

/** Who was queued, and who was not and why. */
export function QueuedReport({queued: {queued, skipped, campaign}, onClose}: {queued: Queued; onClose: () => void}) {
  const where = campaign
    ? <ButtonLink kind="primary" href={href(`/campaigns/${campaign.id}`)}>Go to the campaign</ButtonLink>
    : queued > 0 ? <ButtonLink kind="primary" href={href('/queue')}>See the queue</ButtonLink> : null;
  return (
    <Dialog title={queued === 0 ? 'Nobody was queued' : `${counted(queued, 'contact')} queued`} onClose={onClose}
            actions={<><Button onClick={onClose}>Close</Button>{where}</>}>
      {queued > 0 && (
        <p class="notice is-good" role="status">
          <Icon name="check" />
          <span>{campaign ? `They are called by “${campaign.name}”${campaign.status === 'draft' ? ', once you start it' : ''}.`
                          : 'They are called as soon as a slot is free.'}</span>
        </p>
      )}
      {skipped.length > 0 && (
        <>
          <h3>{counted(skipped.length, 'contact')} skipped</h3>
          <ul class="skipped" aria-label="Skipped" tabIndex={0}>
            {skipped.slice(0, kShown).map(({contact, reason}) => (
              <li key={contact.id}>
                <span>{contact.name ?? 'No name'}</span>
                <span class="number">{phone(contact.phone_number)}</span>
                <span class="muted">{reason}</span>
              </li>
            ))}
          </ul>
          {skipped.length > kShown && <p class="hint">And {number(skipped.length - kShown)} more.</p>}
        </>
      )}
    </Dialog>
  );
}
