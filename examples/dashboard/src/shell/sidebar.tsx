import {Button} from '../components/button';
import {Icon} from '../components/icon';
import {number} from '../format';
import {campaignList, concurrency, link} from '../live/live';
import {countByStatus} from '../live/campaign_list';
import {here, href} from '../router';
import {navigation} from '../routes';
import {session, signOut} from '../session';
import {useSelected, useSignal} from '../store/signal';
import {theme, toggleTheme} from '../theme';
import {mayLeave} from '../unsaved';

export function Sidebar() {
  const path = useSelected(here, (location) => location.path);
  const active = useSelected(campaignList, (list) => countByStatus(list).active);
  return (
    <header class="sidebar">
      <a class="brand" href={href('/campaigns')} aria-label="callqueue, to the campaigns">
        <img src="./icon.svg" width="28" height="28" alt="" />
        <span>callqueue</span>
      </a>
      <nav aria-label="Main">
        {navigation.map((entry) => {
          const isHere = path === entry.path || path.startsWith(entry.path + '/');
          const hasBadge = entry.path === '/campaigns' && active > 0;
          return (
            <a key={entry.path} href={href(entry.path)} class={isHere ? 'nav-entry is-here' : 'nav-entry'}
               aria-current={isHere ? 'page' : undefined}>
              <Icon name={entry.icon} size={20} />
              <span>{entry.label}</span>
              {hasBadge && (
                <span class="nav-badge">
                  {number(active)}<span class="hidden"> active</span>
                </span>
              )}
            </a>
          );
        })}
      </nav>
      <div class="sidebar-end">
        <Slots />
        <Account />
      </div>
    </header>
  );
}

function Slots() {
  const now = useSignal(concurrency);
  if (!now) return <div class="slots" />;
  const {active, limit} = now.user;
  const isOver = active > limit;
  const share = limit === 0 ? 1 : Math.min(1, active / limit);
  return (
    <div class="slots" title={`${number(active)} of your ${number(limit)} calls at a time are in use`}>
      <div class="slots-line">
        <span>Calls now</span>
        <strong>{number(active)}<span class="muted"> of {number(limit)}</span></strong>
      </div>
      {isOver && <p class="slots-over muted">More than the limit: it is lower now. They go on.</p>}
      <div class="meter" role="meter" aria-label="Slots in use" aria-valuemin={0} aria-valuemax={Math.max(limit, active, 1)}
           aria-valuenow={active}>
        <span class={share >= 1 ? 'is-full' : ''} style={{width: `${100 * share}%`}} />
      </div>
    </div>
  );
}

function Account() {
  const who = useSignal(session);
  const state = useSelected(link, (now) => now.state);
  const now = useSignal(theme);
  const kStates = {live: 'Live', connecting: 'Connecting…', offline: 'Offline'};
  return (
    <div class="account">
      <div class="account-who">
        <strong title={who?.user.email ?? undefined}>{who?.user.name}</strong>
        <span class={`link-state is-${state}`}>{who?.isAdministrator && <abbr title="Administrator">Admin</abbr>}{who?.isAdministrator && <span class="acting-for"> for {who.user.name}</span>}{who?.isAdministrator && ' · '}{kStates[state]}</span>
      </div>
      <Button kind="quiet" icon={now === 'dark' ? 'sun' : 'moon'} label={now === 'dark' ? 'Light colours' : 'Dark colours'}
              onClick={toggleTheme} />
      <Button kind="quiet" icon="leave" label="Sign out" onClick={() => void mayLeave().then((may) => may && signOut())} />
    </div>
  );
}
