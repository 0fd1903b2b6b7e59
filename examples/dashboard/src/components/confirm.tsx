import type {ComponentChildren} from 'preact';
import {useState} from 'preact/hooks';
import {signal, useSignal} from '../store/signal';
import {Button} from './button';
import {Dialog} from './dialog';

export interface Question {
  title: string;
  text: ComponentChildren;
  /** What the button says that does it. */
  action: string;
  /** What the other one says. */
  keep?: string;
  danger?: boolean;
  /** Is done before the dialog closes, which says so meanwhile. */
  work?: {says: string; run: () => Promise<void>};
}

const asked = signal<(Question & {answer: (yes: boolean) => void}) | null>(null);

/** Asks before something is done that cannot be taken back. */
export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false);
  return new Promise((resolve) => {
    asked.set({
      ...question,
      answer: (yes) => {
        asked.set(null);
        resolve(yes);
      },
    });
  });
}

/** Asks whoever would lose what is entered. @returns whether it may go. */
export const mayGiveUp = (): Promise<boolean> => confirm({
  title: 'Leave without saving?', action: 'Leave', keep: 'Stay here', danger: true,
  text: 'What you have entered here is not saved yet. It is lost when you leave.',
});

/** Where questions appear: once in the page. */
export function ConfirmHost() {
  const question = useSignal(asked);
  return question && <Ask key={question.title} question={question} />;
}

function Ask({question}: {question: Question & {answer: (yes: boolean) => void}}) {
  const {work, answer} = question;
  const [isWorking, setWorking] = useState(false);
  const refuse = () => {
    if (!isWorking) answer(false);
  };
  const agree = async () => {
    if (isWorking) return;
    setWorking(work !== undefined);
    await work?.run();
    answer(true);
  };
  return (
    <Dialog title={question.title} onClose={refuse}
            actions={<>
              {!isWorking && <Button onClick={refuse}>{question.keep ?? 'Keep it'}</Button>}
              <Button kind={question.danger ? 'danger' : 'primary'} busy={isWorking} onClick={() => void agree()}>
                {isWorking ? work?.says : question.action}
              </Button>
            </>}>
      {typeof question.text === 'string' ? <p>{question.text}</p> : question.text}
      {isWorking && <p class="hidden" role="status">{work?.says}</p>}
    </Dialog>
  );
}
