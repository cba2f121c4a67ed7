import { runServiceProcess } from '@croupier/service-kit';
import { service } from './service';

void runServiceProcess(service);
