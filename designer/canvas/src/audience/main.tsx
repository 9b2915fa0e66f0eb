/** The form of an audience: its rule in rows, above the field that holds it as a text. */
import '../styles/audience.css';
import { createRoot } from 'react-dom/client';
import { fillMessages } from '../messages';
import { Guard } from '../shell/Guard';
import { boot } from '../store/boot';
import { RuleEditor } from './RuleEditor';

fillMessages(boot.messages, boot.locale ?? 'en');
const root = document.getElementById('canvas-root');
const box = document.getElementById('rule');
if (root && box instanceof HTMLTextAreaElement) createRoot(root).render(<Guard about="" className="failed"><RuleEditor box={box} /></Guard>);
